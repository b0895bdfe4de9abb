/** Colours for those who want them. They add to what marks and words say already, and never carry meaning alone. */
export type Paint = {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly odd: (text: string) => string
  readonly dim: (text: string) => string
  readonly strong: (text: string) => string
}

const asIs = (text: string) => text

export const PLAIN: Paint = { good: asIs, bad: asIs, odd: asIs, dim: asIs, strong: asIs }

/** Loads the colours only where they are wanted: nobody else pays for the start-up. */
export async function createPaint(color: boolean): Promise<Paint> {
  if (!color) return PLAIN
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  return {
    good: chalk.green,
    bad: chalk.red,
    odd: chalk.yellow,
    dim: chalk.dim,
    strong: chalk.bold,
  }
}
