/** `host:port`, the host in brackets where it holds colons itself. */
export function writtenAddress({
  host,
  port,
}: {
  readonly host: string
  readonly port: number
}): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
