// Versions are `<semver of the recipe>+<version of the app>`: ordered by the first part, then by the second.
const VERSION = /^v?(\d+)\.(\d+)\.(\d+)\+(.+)$/

/** Can this tag be read as a version? abra skips the others with a message. */
export const isVersion = tag => VERSION.test(tag)

/** Orders two versions; usable as the argument of sort(). */
export function compareVersions(left, right) {
  const [a, b] = [left, right].map(parts)
  for (let i = 0; i < 3; i++) if (a.semver[i] !== b.semver[i]) return a.semver[i] - b.semver[i]
  return compareText(a.app, b.app)
}

function parts(version) {
  const [, major, minor, patch, app] = VERSION.exec(version)
  return { semver: [major, minor, patch].map(Number), app }
}

function compareText(left, right) {
  const [a, b] = [left, right].map(text => text.match(/\d+|[^\d.]+/g) ?? [])
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] === b[i]) continue
    const numbers = [a[i] ?? '0', b[i] ?? '0'].map(Number)
    if (numbers.every(Number.isFinite) && numbers[0] !== numbers[1]) return numbers[0] - numbers[1]
    return (a[i] ?? '') < (b[i] ?? '') ? -1 : 1
  }
  return 0
}
