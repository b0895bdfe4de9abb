/** Whether the value of a label, as bots read it, says yes. */
export function saysYes(value: string | undefined): boolean {
  return value !== undefined && /^(true|1|yes|on)$/i.test(value.trim())
}
