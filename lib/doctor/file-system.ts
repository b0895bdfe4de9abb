import { statfs } from 'node:fs/promises'

/** Numbers of statfs(2) for file systems whose locks depend on another machine or program. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
])

/** What kind of network file system a path is on; undefined: a local one. Throws the system's error. */
export async function networkKind(path: string): Promise<string | undefined> {
  const { type } = await statfs(path)
  return NETWORK.get(type >>> 0)
}
