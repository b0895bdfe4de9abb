/** An environment: what a process was started with. Read in lib/cli and lib/lifetime only, handed on from there. */
export type Env = Readonly<Record<string, string | undefined>>
