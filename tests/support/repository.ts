import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const AUTHOR = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}

/** A git repository made for one test. */
export class Repository {
  readonly dir: string

  private constructor(dir: string) {
    this.dir = dir
  }

  /** One that is there already. */
  static at(dir: string): Repository {
    return new Repository(dir)
  }

  static async create(dir: string): Promise<Repository> {
    mkdirSync(dir, { recursive: true })
    const repository = new Repository(dir)
    await repository.git('init', '-q', '-b', 'main')
    return repository
  }

  async git(...args: readonly string[]): Promise<string> {
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...AUTHOR }
    const { stdout } = await promisify(execFile)('git', ['-C', this.dir, ...args], { env })
    return stdout.trim()
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.dir, name)), { recursive: true })
      writeFileSync(join(this.dir, name), text)
    }
  }

  /** Writes the files and commits everything; the commit's id. */
  async commit(files: Readonly<Record<string, string>>, message = 'Change'): Promise<string> {
    this.write(files)
    await this.git('add', '-A')
    await this.git('commit', '-q', '--allow-empty', '-m', message)
    return this.git('rev-parse', 'HEAD')
  }

  async tag(name: string, { annotated = true, at = 'HEAD' } = {}): Promise<void> {
    await this.git('tag', ...(annotated ? ['-a', '-m', name] : []), name, at)
  }
}
