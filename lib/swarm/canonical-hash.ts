import { createHash } from 'node:crypto'

/** The parts of a task's spec that make Swarm replace the task. Placement alone does not, as long as the node still fits. */
const PARTS = [
  'ContainerSpec',
  'Resources',
  'RestartPolicy',
  'Networks',
  'LogDriver',
  'ForceUpdate',
]

/** A hash of a task template that does not depend on key order, nor on whether an empty part is spelled out. */
export function hashTaskSpec(spec: unknown): string {
  const whole = isRecord(spec) ? spec : {}
  const parts = Object.fromEntries(PARTS.map(part => [part, whole[part]]))
  return createHash('sha256')
    .update(JSON.stringify({ parts: canonical(parts) }))
    .digest('hex')
    .slice(0, 16)
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (!isRecord(value)) return value === '' || value === 0 || value === false ? undefined : value
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, canonical(inner)] as const)
    .filter(([, inner]) => inner !== undefined && inner !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
