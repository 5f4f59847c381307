import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CertificateFolder } from './certificate-folder.ts'
import { readCertificates, readKeyed } from './pem-file.ts'

const names = { names: ['localhost'], addresses: ['127.0.0.1'] }

let state: string
let folder: CertificateFolder

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'chainmail-certificates-'))
  folder = new CertificateFolder(state)
})
afterEach(() => rmSync(state, { recursive: true }))

describe('the folder of certificates', () => {
  it('is made with an authority and a server, for the owner alone', () => {
    expect(folder.exists()).toBe(false)
    folder.server(names)
    expect(folder.exists()).toBe(true)
    expect(statSync(folder.path).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder.path).toSorted()).toEqual(['authority.pem', 'ca.pem', 'server.pem'])
    for (const file of readdirSync(folder.path))
      expect(statSync(join(folder.path, file)).mode & 0o777).toBe(0o600)
    expect(readFileSync(folder.authorityPath, 'utf8')).not.toContain('PRIVATE')
  })

  it('keeps what is there, and tells the chain', () => {
    const first = folder.server(names)
    expect(new CertificateFolder(state).server(names)).toEqual(first)
    expect(first.certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(first.certificate.endsWith(readCertificates(folder.authorityPath))).toBe(true)
  })

  it('closes a folder that was open to others', () => {
    mkdirSync(folder.path)
    chmodSync(folder.path, 0o755)
    folder.authority()
    expect(statSync(folder.path).mode & 0o777).toBe(0o700)
  })

  it('renews the server and leaves the authority', () => {
    const first = folder.server(names)
    const authority = folder.authority()
    const second = folder.renewServer(names)
    expect(second.key).not.toBe(first.key)
    expect(folder.server(names)).toEqual(second)
    expect(folder.authority()).toEqual(authority)
  })

  it('makes the server anew when the authority is another', () => {
    const first = folder.server(names)
    rmSync(join(folder.path, 'authority.pem'))
    const second = folder.server(names)
    expect(second.certificate).not.toBe(first.certificate)
    expect(readCertificates(folder.authorityPath)).toBe(folder.authority().certificate)
  })

  it('does not follow a link in its place', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'chainmail-elsewhere-'))
    symlinkSync(elsewhere, folder.path)
    expect(() => folder.authority()).toThrow(expect.objectContaining({ code: 'certificate-unusable' }))
    expect(readdirSync(elsewhere)).toEqual([])
    rmSync(elsewhere, { recursive: true })
  })

  it('says in a sentence what it cannot use', () => {
    folder.server(names)
    writeFileSync(join(folder.path, 'authority.pem'), 'nonsense')
    expect(() => folder.authority()).toThrow(/authority\.pem holds no certificate in PEM\.$/)
  })
})

describe('files in PEM', () => {
  it.each([
    ['nothing', '', 'holds no certificate in PEM'],
    ['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'cannot be read'],
  ])('with %s are refused', (_, content, words) => {
    const path = join(state, 'x.pem')
    writeFileSync(path, content)
    expect(() => readCertificates(path)).toThrow(
      expect.objectContaining({ code: 'certificate-unusable', message: expect.stringContaining(words) }),
    )
  })

  it('are refused where the key is missing, or belongs to another certificate', () => {
    const [certificate, key] = [join(state, 'c.pem'), join(state, 'k.pem')]
    const alice = folder.issueClient('alice', 1)
    writeFileSync(certificate, alice.certificate)
    expect(() => readKeyed(certificate)).toThrow('holds no private key in PEM without a passphrase.')
    writeFileSync(key, folder.issueClient('bob', 1).key)
    expect(() => readKeyed(certificate, key)).toThrow('holds another private key')
    writeFileSync(key, alice.key)
    expect(readKeyed(certificate, key)).toEqual(alice)
    expect(() => readKeyed(join(state, 'nowhere.pem'))).toThrow('cannot be read: ENOENT')
  })
})
