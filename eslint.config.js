import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

// One owner for each outside thing: the folder on the left is the only one that may import the module.
const OWNERS = {
  execa: 'lib/process/',
  'node:child_process': 'lib/process/',
  'fs-ext': 'lib/lock/',
  chalk: 'lib/report/',
  ora: 'lib/report/',
  commander: 'lib/cli/',
}

const ownedImports = folder => [
  'error',
  {
    paths: Object.entries(OWNERS)
      .filter(([, owner]) => owner !== folder)
      .map(([name, owner]) => ({ name, message: `Only ${owner} may import ${name}.` })),
  },
]

const owners = [...new Set(Object.values(OWNERS))]

export default defineConfig(
  {
    ignores: ['dist/', 'build/', '.tap/', '**/*.cjs', 'tests/**/*.mjs', '!tests/lab/abra/**/*.mjs'],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }],
      complexity: ['error', 10],
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      'no-console': 'error',
      'no-restricted-imports': ownedImports(undefined),
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'exit',
          message: 'Return an ExitCode; lib/lifetime owns the exit door.',
        },
        { object: 'process', property: 'env', message: 'Only lib/cli/ reads the environment.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.name=/^(exec|execFile|spawn|execa)Sync$/]',
          message: 'A synchronous child stops every signal handler until it ends.',
        },
      ],
    },
  },
  ...owners.map(folder => ({
    files: [`${folder}**`],
    rules: { 'no-restricted-imports': ownedImports(folder) },
  })),
  {
    files: ['lib/cli/**', 'lib/lifetime/**', 'lib/test/app.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['tests/**'],
    rules: {
      'no-console': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafePromises: [
            { from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' },
          ],
        },
      ],
    },
  },
  { files: ['**/*.js', '**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
)
