import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

/** Files of the lab's own certificate authority and of the wildcard certificate it signed. */
export type LabCertificates = {
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

const SCRIPT = `
set -eu
openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -x509 -new -key ca.key -sha256 -days 30 -subj '/CN=recipe-ci lab CA' -out ca.pem \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
openssl ecparam -name prime256v1 -genkey -noout -out wildcard.key
openssl req -new -key wildcard.key -subj "/CN=*.$SUFFIX" -out wildcard.csr
printf 'subjectAltName=DNS:*.%s,DNS:%s\\nextendedKeyUsage=serverAuth\\n' "$SUFFIX" "$SUFFIX" >wildcard.ext
openssl x509 -req -in wildcard.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -sha256 \
  -extfile wildcard.ext -out wildcard.pem
`

/** Makes a P-256 CA and a wildcard certificate for `suffix` in `dir`, once. */
export async function makeCertificates(dir: string, suffix: string): Promise<LabCertificates> {
  const files = {
    ca: join(dir, 'ca.pem'),
    certificate: join(dir, 'wildcard.pem'),
    key: join(dir, 'wildcard.key'),
  }
  await mkdir(dir, { recursive: true })
  const made = await stat(files.certificate).catch(() => undefined)
  if (made === undefined)
    await execa('sh', ['-c', SCRIPT], { cwd: dir, env: { SUFFIX: suffix }, stderr: 'ignore' })
  return files
}
