import { execa } from 'execa'

/** Runs the docker command line against the lab's engine; throws with what it said when it fails. */
export type Docker = (
  args: readonly string[],
  options?: { readonly input?: string; readonly cwd?: string },
) => Promise<string>

/** @param host a DOCKER_HOST value, such as unix:///var/run/docker.sock */
export function dockerAt(host: string): Docker {
  const env = { DOCKER_BUILDKIT: '0', DOCKER_HOST: host }
  return async (args, options = {}) => {
    const { stdout } = await execa('docker', args, {
      env,
      input: options.input ?? '',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    return stdout.trim()
  }
}

/** True when the command succeeds. */
export async function succeeds(docker: Docker, args: readonly string[]): Promise<boolean> {
  try {
    await docker(args)
    return true
  } catch {
    return false
  }
}

/** The non-empty lines a command prints. */
export async function linesOf(docker: Docker, args: readonly string[]): Promise<string[]> {
  return (await docker(args)).split('\n').filter(line => line !== '')
}
