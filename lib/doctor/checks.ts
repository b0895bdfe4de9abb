import type { Bench } from './bench.js'
import { ABRA_CHECKS } from './checks/abra.js'
import { BOT_CHECKS } from './checks/bot.js'
import { CLOCK_CHECKS } from './checks/clock.js'
import { DISK_CHECKS } from './checks/disk.js'
import { DRONE_CHECKS } from './checks/drone.js'
import { ENGINE_CHECKS } from './checks/engine.js'
import { FOLDER_CHECKS } from './checks/folders.js'
import { GATEWAY_CHECKS } from './checks/gateway.js'
import { LEFTOVER_CHECKS } from './checks/leftovers.js'
import { NETWORK_CHECKS } from './checks/network.js'
import { PROGRAM_CHECKS } from './checks/programs.js'
import { SETTINGS_CHECKS } from './checks/settings.js'
import { SUFFIX_CHECKS } from './checks/suffix.js'
import type { Check } from './examine.js'

/** Everything that doctor looks at, in the order in which it says it. */
export const CHECKS: readonly Check<Bench>[] = [
  ...SETTINGS_CHECKS,
  ...PROGRAM_CHECKS,
  ...CLOCK_CHECKS,
  ...FOLDER_CHECKS,
  ...DISK_CHECKS,
  ...ENGINE_CHECKS,
  ...NETWORK_CHECKS,
  ...GATEWAY_CHECKS,
  ...SUFFIX_CHECKS,
  ...ABRA_CHECKS,
  ...BOT_CHECKS,
  ...DRONE_CHECKS,
  ...LEFTOVER_CHECKS,
]
