/**
 * Drone's substitution, done on the whole text before it is read as YAML: `${name}` becomes its value or nothing,
 * `${name:-word}` and `${name-word}` fall back, `$$` is one dollar, `\\` one backslash. `$name`, `$?` and `$(…)` stay.
 * @throws RangeError where Drone fails the build: "bad substitution".
 */
export function substitute(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$\$|\\\\|\\\/|\$\{([^}]*)\}?/g,
    (all: string, inner: string | undefined) => {
      if (inner === undefined) return all.slice(1)
      const parts = /^(\w+)(?:(:?-)(.*))?$/s.exec(inner)
      if (parts === null || !all.endsWith('}')) throw new RangeError(`bad substitution: ${all}`)
      const [, name = '', , word = ''] = parts
      return values[name] ?? word
    },
  )
}
