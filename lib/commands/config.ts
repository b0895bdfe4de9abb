import type { ConfigRequest, SettingRow } from '../domain/request.js'
import { EXIT, type ExitCode } from '../errors.js'

/** What `recipe-ci config` may do to the outside world. */
export type ConfigPorts = { readonly print: (line: string) => void }

/** The settings were understood when the request was read; this says so, or says them. */
export function config(request: ConfigRequest, { print }: ConfigPorts): ExitCode {
  const { show, json, settings } = request
  const file = request.file ?? null
  if (json) print(JSON.stringify({ file, settings }))
  else if (show) for (const line of tableOf(request)) print(line)
  else print(`${sentence(request)}; all is well`)
  return EXIT.green
}

function sentence({ file, keys }: ConfigRequest): string {
  return file === undefined
    ? 'no config file: environment and defaults count'
    : `${file}: ${keys} ${keys === 1 ? 'key' : 'keys'}`
}

function tableOf(request: ConfigRequest): readonly string[] {
  const rows = request.settings.map(row => [row.key, String(row.value ?? '-'), originOf(row)])
  const widths = [0, 1].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [`# ${sentence(request)}`, ...rows.map(line)]
}

function originOf({ origin }: SettingRow): string {
  if (origin.kind === 'default') return 'default'
  if (origin.kind === 'file') return `${origin.path}:${origin.line}`
  return `${origin.kind} ${origin.name}`
}
