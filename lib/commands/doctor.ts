import type { Finding } from '../domain/finding.js'
import type { DoctorRequest } from '../domain/request.js'
import { EXIT, type ExitCode } from '../errors.js'
import type { Paint } from '../report/paint.js'
import { doctorJson, doctorTable } from './doctor-report.js'

/** What `recipe-ci doctor` may do to the outside world: look, and say. */
export type DoctorPorts = {
  readonly examine: () => Promise<readonly Finding[]>
  readonly print: (line: string) => void
  readonly paint: Paint
}

/** Looks at everything and says it. Red when a run would go wrong on this host. */
export async function doctor(
  { json }: DoctorRequest,
  { examine, print, paint }: DoctorPorts,
): Promise<ExitCode> {
  const checks = await examine()
  const exit = checks.some(({ severity }) => severity === 'fail') ? EXIT.red : EXIT.green
  if (json) print(doctorJson({ exit, checks }))
  else for (const line of doctorTable(checks, paint)) print(line)
  return exit
}
