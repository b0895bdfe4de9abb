/** The look of report.html: system fonts, light and dark, one column that fits a phone. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2126; --soft: #5b6570; --paper: #fff; --card: #f5f6f8; --line: #dfe3e8;
  --pass: #1b7a3d; --fail: #b3261e; --unver: #93600a; --skip: #5b6570; --bar: #7aa7e0; --floor: #c9d3df; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa5b1; --paper: #14171a; --card: #1e2327;
  --line: #333a41; --pass: #5cc98a; --fail: #ff8a80; --unver: #e7b052; --skip: #9aa5b1; --bar: #4e7fbd; --floor: #3a444f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; } small, .soft { color: var(--soft); }
.pass { color: var(--pass); } .fail { color: var(--fail); } .unver { color: var(--unver); } .skip { color: var(--skip); }
.word { font-weight: 700; white-space: nowrap; }
.cause { border-left: 4px solid var(--fail); background: var(--card); padding: .75rem 1rem; margin: 1rem 0; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; margin: .5rem 0;
  overflow: auto; max-height: 30rem; font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .25rem .75rem; }
summary { cursor: pointer; padding: .25rem 0; }
ul { list-style: none; margin: .25rem 0 .5rem; padding: 0; } li { padding: .25rem 0; border-top: 1px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0; }
dt { color: var(--soft); } dd { margin: 0; }
ins { color: var(--pass); text-decoration: none; } del { color: var(--fail); text-decoration: none; }
.track { position: relative; height: .8rem; background: var(--card); border-radius: 4px; overflow: hidden; }
.bar { position: absolute; top: 0; bottom: 0; background: var(--bar); border-radius: 4px; overflow: hidden; }
.floor { height: 100%; background: var(--floor); }
`
