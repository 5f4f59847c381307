import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CertificateFolder } from '../certificates/certificate-folder.ts'
import { type CertificateSettings, ServerCertificates } from '../certificates/server-certificates.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import { type Doors, openDoors } from './doors.ts'
import type { Handler } from './http-server.ts'

/** An HTTPS door of a test on 127.0.0.1, with certificates of its own. */
export interface TestHttps extends AsyncDisposable {
  /** With the address 127.0.0.1. */
  readonly url: string
  readonly port: number
  readonly folder: CertificateFolder
  readonly certificates: ServerCertificates
  readonly doors: Doors
  /** The authority's certificate in PEM, and the file that holds it. */
  readonly ca: string
  readonly caFile: string
  /** Puts a text into a file, for programs that read one. */
  file(name: string, text: string): string
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

export async function openTestHttps(
  handler: Handler,
  settings: Partial<CertificateSettings> = {},
  limits?: ConnectionLimits,
): Promise<TestHttps> {
  const state = mkdtempSync(join(tmpdir(), 'chainmail-https-'))
  const folder = new CertificateFolder(state)
  const own = { names: [], certificate: undefined, key: undefined, clientAuthority: undefined, ...settings }
  const certificates = new ServerCertificates({ folder, settings: own, log: silent })
  const https = { host: '127.0.0.1', port: 0, certificates }
  const doors = await openDoors({ socket: join(state, 'c.sock'), https, limits }, handler)
  const url = doors.urls[0] ?? ''
  return {
    url,
    port: Number(new URL(url).port),
    folder,
    certificates,
    doors,
    ca: folder.authority().certificate,
    caFile: folder.authorityPath,
    file(name, text) {
      const path = join(state, name)
      writeFileSync(path, text)
      return path
    },
    async [Symbol.asyncDispose]() {
      await doors.close(0)
      certificates[Symbol.dispose]()
      rmSync(state, { recursive: true })
    },
  }
}
