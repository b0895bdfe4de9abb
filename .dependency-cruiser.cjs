/** The arrows of docs/architecture.md, held by a tool. */
const DECIDERS =
  '^lib/(domain/|verdict/|janitor/decide|run/(plan|base-version|identity|snapshot-checks|deploy-failure|restore-failure)|swarm/(convergence|doom)|recipe/versions|backup/promise|canary/(judge-reading|reading|service-env|volume-plan|volume-content|database-plan|database-home|dump-hook|row-dialect|dialect))'

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'deciders-are-pure',
      comment: 'A pure decider takes facts and gives a named answer: no node: module, no adapter.',
      severity: 'error',
      from: { path: DECIDERS },
      to: { pathNot: `${DECIDERS}|^lib/errors` },
    },
    {
      name: 'domain-imports-nothing',
      severity: 'error',
      from: { path: '^lib/(domain/|errors)' },
      to: { pathNot: '^lib/(domain/|errors)' },
    },
    {
      name: 'only-cli-knows-commands-and-report',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/(cli|commands|report)/' },
      to: { path: '^lib/(commands|report)/' },
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/cli/' },
      to: { path: '^lib/cli/' },
    },
    {
      name: 'a-request-knows-no-wiring',
      severity: 'error',
      from: { path: '^lib/cli/(line|requests)/' },
      to: { path: '^lib/cli/(wiring|completion)/' },
    },
    {
      name: 'the-line-knows-no-request',
      severity: 'error',
      from: { path: '^lib/cli/line/' },
      to: { path: '^lib/cli/requests/' },
    },
    {
      name: 'lib-never-imports-tests',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^tests/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'] },
  },
}
