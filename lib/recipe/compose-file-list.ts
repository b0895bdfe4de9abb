import { parseEnv, setEnv } from './env-file.js'

const KEY = 'COMPOSE_FILE'

/** An env file's text with a compose file as the last of its list; it stays where it is if it is there. */
export function withComposeFile(text: string, name: string): string {
  const files = listed(text) ?? ['compose.yml']
  return files.includes(name) ? text : setEnv(text, { [KEY]: [...files, name].join(':') })
}

/** The same without that compose file. */
export function withoutComposeFile(text: string, name: string): string {
  const files = listed(text)
  if (files?.includes(name) !== true) return text
  return setEnv(text, { [KEY]: files.filter(each => each !== name).join(':') })
}

function listed(text: string): readonly string[] | undefined {
  const list = parseEnv(text)[KEY] ?? ''
  return list === '' ? undefined : list.split(':')
}
