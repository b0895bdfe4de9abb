import type { Edit, RecipeSpec } from './recipe-spec.js'

/** The configuration changes: its version in abra.sh has to be raised with it. */
export const notesConf = (version: number, line: string): readonly Edit[] => [
  {
    file: 'abra.sh',
    from: 'NOTES_CONF_VERSION=v1',
    to: `NOTES_CONF_VERSION=v${version}`,
  },
  {
    file: 'notes.conf.tmpl',
    from: 'uploads = /srv/uploads\n',
    to: `uploads = /srv/uploads\n${line}\n`,
  },
]

export const GOOD_RECIPES: readonly RecipeSpec[] = [
  {
    name: 'notes',
    about: 'a web application with PostgreSQL, a secret, configs, dump and restore hooks',
    releases: [
      { version: '1.0.0+1.0', layers: ['notes'] },
      {
        version: '1.1.0+1.1',
        layers: ['notes'],
        edits: notesConf(2, 'page_size = 20'),
        notes: 'Long lists of notes are now shown in pages of 20.\n',
      },
      {
        version: '2.0.0+2.0',
        layers: ['notes'],
        edits: notesConf(3, 'page_size = 50'),
        notes: 'Pages are longer. Nothing to do but to deploy.\n',
      },
    ],
  },
  {
    name: 'site',
    about: 'one service without any data',
    releases: [
      { version: '1.0.0+1.0', layers: ['site'] },
      { version: '1.1.0+1.1', layers: ['site'], notes: 'The page has a new version.\n' },
    ],
  },
  {
    name: 'kv',
    about: 'Redis with a volume, behind a web front',
    releases: [
      { version: '1.0.0+1.0', layers: ['kv'] },
      { version: '1.1.0+1.1', layers: ['kv'] },
    ],
  },
]
