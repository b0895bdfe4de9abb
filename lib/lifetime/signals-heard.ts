import { setImmediate } from 'node:timers/promises'

/**
 * Resolves when every signal that has come to this process by now was told to its listeners. Node tells a turn's signals
 * last, after what files, sockets and children did in it: a cancel that takes the workspace away would else be seen as the
 * fault of whatever missed a file first. Two turns, as the first may have asked the kernel already.
 */
export async function signalsHeard(): Promise<void> {
  await setImmediate()
  await setImmediate()
}
