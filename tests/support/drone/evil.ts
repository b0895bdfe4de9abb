import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A library that leaves a line in `evidence` wherever it is loaded. */
export async function evilLibrary(dir: string, evidence: string): Promise<string> {
  const source = join(dir, 'evil.c')
  const library = join(dir, 'evil.so')
  writeFileSync(
    source,
    `#include <stdio.h>
__attribute__((constructor)) static void loaded(void) {
  FILE *file = fopen("${evidence}", "a");
  if (file) { fputs("loaded\\n", file); fclose(file); }
}
unsigned la_version(unsigned version) { return version; }
`,
  )
  await promisify(execFile)('cc', ['-shared', '-fPIC', '-o', library, source])
  return library
}
