import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CertificateFolder } from './certificate-folder.ts'
import { factsOf, renewalReason } from './facts.ts'
import { hostNamesOf } from './host-names.ts'
import { issueServer, makeAuthority, validFor } from './issue.ts'
import { type CertificateSettings, ServerCertificates, type TlsMaterial } from './server-certificates.ts'

let state: string
let folder: CertificateFolder
let said: string[]
let opened: ServerCertificates[]

const log = {
  info: (_about: object, words: string) => said.push(`info ${words}`),
  warn: (_about: object, words: string) => said.push(`warn ${words}`),
  error: (_about: object, words: string) => said.push(`error ${words}`),
}

function open(
  settings: Partial<{ -readonly [Key in keyof CertificateSettings]: CertificateSettings[Key] }> = {},
) {
  const live = { names: [], certificate: undefined, key: undefined, clientAuthority: undefined, ...settings }
  const certificates = new ServerCertificates({ folder, settings: live, log: log })
  opened.push(certificates)
  return { certificates, live }
}

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'chainmail-server-certificates-'))
  folder = new CertificateFolder(state)
  said = []
  opened = []
})
afterEach(() => {
  for (const certificates of opened) certificates[Symbol.dispose]()
  rmSync(state, { recursive: true })
})

describe('the certificates of the server', () => {
  it('are made at the first start, for this host, and stay', () => {
    const { certificates } = open()
    expect(certificates.isOwnName('localhost')).toBe(true)
    expect(certificates.isOwnName('::1')).toBe(true)
    expect(certificates.isOwnName('fw.example.org')).toBe(false)
    expect(certificates.isOwnName('')).toBe(false)
    expect(certificates.fingerprint).toBe(new X509Certificate(folder.authority().certificate).fingerprint256)
    expect(open().certificates.material).toEqual(certificates.material)
    expect(said).toEqual([])
  })

  it('are taken over at once when another process renews them', async () => {
    const { certificates } = open()
    const changed = new Promise<TlsMaterial>((resolve) => certificates.listen(resolve))
    const { key } = folder.renewServer(hostNamesOf([]))
    expect((await changed).key).toBe(key)
    expect(said).toEqual(['info certificates taken over'])
  })

  it('are renewed when the host has got another name', () => {
    const { certificates, live } = open()
    live.names = ['fw.example.org']
    certificates.reload()
    expect(factsOf(certificates.certificate).names).toContain('fw.example.org')
    expect(said).toEqual(["info the server's certificate is renewed", 'info certificates taken over'])
    expect(certificates.isOwnName('fw.example.org')).toBe(true)
  })

  it('stay as they were when the files are wrong', () => {
    const { certificates } = open()
    const before = certificates.material
    writeFileSync(join(folder.path, 'server.pem'), 'nonsense')
    certificates.reload()
    expect(certificates.material).toBe(before)
    expect(said).toEqual(['error the certificates are wrong, and stay as they were'])
  })

  it('may be those that the configuration names, of whose end the log warns', () => {
    const authority = makeAuthority('other', validFor(100))
    const own = issueServer(authority, { names: ['*.example.org'], addresses: [] }, validFor(20))
    const [certificate, key] = [join(state, 'c.pem'), join(state, 'k.pem')]
    writeFileSync(certificate, own.certificate + authority.certificate)
    writeFileSync(key, own.key)
    const { certificates } = open({ certificate, key })
    expect(certificates.material).toMatchObject({ key: own.key, ca: folder.authority().certificate })
    expect(certificates.fingerprint).toBe(new X509Certificate(own.certificate).fingerprint256)
    expect(certificates.isOwnName('fw.example.org')).toBe(true)
    expect(certificates.isOwnName('localhost')).toBe(false)
    expect(said).toEqual([expect.stringMatching(/^warn a certificate ends in (19|20) days$/)])
  })

  it('take clients of the authority that the configuration names', () => {
    const clientAuthority = join(state, 'clients.pem')
    const { certificate } = makeAuthority('clients', validFor(100))
    writeFileSync(clientAuthority, certificate)
    expect(open({ clientAuthority }).certificates.material.ca).toBe(certificate)
  })

  it('are refused at the start when they cannot be read', () => {
    expect(() => open({ certificate: '/nowhere/c.pem' })).toThrow(
      expect.objectContaining({ code: 'certificate-unusable' }),
    )
  })
})

describe('a certificate of our own', () => {
  const authority = makeAuthority('test', validFor(1000))
  const names = { names: ['localhost'], addresses: ['192.0.2.1'] }
  const certificate = new X509Certificate(issueServer(authority, names, validFor(100)).certificate)
  const at = (days: number) => new Date(Date.now() + days * 86_400_000)

  it('is good as it is until 30 days before its end, also for fewer names', () => {
    expect(renewalReason(certificate, names)).toBeUndefined()
    expect(renewalReason(certificate, { names: ['localhost'], addresses: [] }, at(69))).toBeUndefined()
  })

  it.each([
    [at(75), 'it ends in 24 days'],
    [at(101), 'it is over'],
    [at(-3), 'it does not hold yet'],
  ])('is to be renewed at %s, because %s', (now, reason) => {
    expect(renewalReason(certificate, names, now)).toBe(reason)
  })

  it('is to be renewed for another name', () => {
    expect(renewalReason(certificate, { names: ['localhost'], addresses: ['192.0.2.2'] })).toBe(
      'it does not name 192.0.2.2',
    )
  })
})
