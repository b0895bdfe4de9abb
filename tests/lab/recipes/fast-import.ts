import type { Release } from './recipe-spec.js'
import type { RecipeTree } from './render.js'

const AUTHOR = 'A Maintainer <maintainer@example.org>'
const FIRST_COMMIT_SECONDS = Date.UTC(2026, 0, 1) / 1000
const DAY_SECONDS = 86_400

/**
 * A recipe's history as input of `git fast-import`: one commit a day, so that the same recipe gives the same commits on
 * every machine.
 */
export function fastImportStream(history: readonly [Release, RecipeTree][]): string {
  return history.map(([release, tree], index) => commit(release, tree, index)).join('')
}

function commit(release: Release, tree: RecipeTree, index: number): string {
  const when = `${AUTHOR} ${FIRST_COMMIT_SECONDS + index * DAY_SECONDS} +0000`
  const mark = `:${index + 1}`
  const files = [...tree].map(([path, file]) => {
    const mode = file.isExecutable ? '100755' : '100644'
    return `M ${mode} inline ${path}\n${data(file.content)}`
  })
  return [
    'commit refs/heads/main\n',
    `mark ${mark}\nauthor ${when}\ncommitter ${when}\n`,
    data(`chore: publish ${release.version} release\n`),
    'deleteall\n',
    ...files,
    tagged(release, { mark, when }),
  ].join('')
}

function tagged(release: Release, { mark, when }: { mark: string; when: string }): string {
  switch (release.tag ?? 'annotated') {
    case 'annotated':
      return `tag ${release.version}\nfrom ${mark}\ntagger ${when}\n${data(`chore: publish ${release.version} release\n`)}`
    case 'lightweight':
      return `reset refs/tags/${release.version}\nfrom ${mark}\n\n`
    case 'none':
      return ''
  }
}

const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
