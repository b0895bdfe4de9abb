/** Writes whole lines, masked. */
export function printer(
  stream: NodeJS.WritableStream,
  mask: (text: string) => string,
): (line: string) => void {
  return line => {
    stream.write(`${mask(line)}\n`)
  }
}
