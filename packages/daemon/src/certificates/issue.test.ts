import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import {
  commonNameOf,
  issueClient,
  issueServer,
  type KeyedCertificate,
  makeAuthority,
  validFor,
} from './issue.ts'

const names = {
  names: ['fw.example.org', ...Array.from({ length: 20 }, (_, index) => `name-${index}.example.org`)],
  addresses: ['192.0.2.1', '2001:db8::1', '::1'],
}

let folder: string
let authority: KeyedCertificate

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-issue-'))
  authority = makeAuthority('chainmail CA of test', validFor(10))
  writeFileSync(join(folder, 'ca.pem'), authority.certificate)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What OpenSSL makes of a certificate by the letter of RFC 5280. */
async function verify({ certificate }: KeyedCertificate, ...words: string[]): Promise<string> {
  const path = join(folder, 'certificate.pem')
  writeFileSync(path, certificate)
  try {
    const all = ['verify', '-x509_strict', '-CAfile', join(folder, 'ca.pem'), ...words, path]
    return (await runCommand('openssl', all)).stdout.trim().split(' ').at(-1) ?? ''
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
  }
}

describe('a certificate of the server', () => {
  it.each([
    ['-verify_hostname', 'fw.example.org'],
    ['-verify_hostname', 'name-19.example.org'],
    ['-verify_ip', '192.0.2.1'],
    ['-verify_ip', '2001:db8::1'],
  ])('holds for each of its names and addresses: %s %s', async (option, value) => {
    const server = issueServer(authority, names, validFor(5))
    expect(await verify(server, '-purpose', 'sslserver', option, value)).toBe('OK')
  })

  it.each([
    [['-verify_hostname', 'other.example.org'], 'hostname mismatch'],
    [['-verify_ip', '192.0.2.2'], 'IP address mismatch'],
    [['-purpose', 'sslclient'], 'unsuitable certificate purpose'],
  ])('does not hold with %j', async (words, complaint) => {
    expect(await verify(issueServer(authority, names, validFor(5)), ...words)).toContain(complaint)
  })

  it('does not hold with another authority of the same name', async () => {
    const other = makeAuthority('chainmail CA of test', validFor(10))
    expect(await verify(issueServer(other, names, validFor(5)))).toContain('error')
  })

  it('has a key of its own, and a name that is not too long, each time', () => {
    const long = { names: [`${'a'.repeat(60)}.${'b'.repeat(60)}`], addresses: [] }
    const [one, other] = [
      issueServer(authority, long, validFor(5)),
      issueServer(authority, long, validFor(5)),
    ]
    expect(one.key).not.toBe(other.key)
    expect(commonNameOf(new X509Certificate(one.certificate))).toHaveLength(64)
    expect(new X509Certificate(one.certificate).serialNumber).not.toBe(
      new X509Certificate(other.certificate).serialNumber,
    )
  })
})

describe('a certificate of a client', () => {
  it('holds for a client alone, under its name', async () => {
    const client = issueClient(authority, 'alice é', validFor(5))
    expect(await verify(client, '-purpose', 'sslclient')).toBe('OK')
    expect(await verify(client, '-purpose', 'sslserver')).toContain('unsuitable certificate purpose')
    expect(commonNameOf(new X509Certificate(client.certificate))).toBe('alice é')
  })

  it('does not outlive its authority', () => {
    const client = new X509Certificate(issueClient(authority, 'alice', validFor(999)).certificate)
    expect(client.validTo).toBe(new X509Certificate(authority.certificate).validTo)
  })

  it('may end after 2049, where years are written differently', async () => {
    const old = makeAuthority('old', validFor(36_500))
    writeFileSync(join(folder, 'ca.pem'), old.certificate)
    const client = issueClient(old, 'alice', validFor(36_000))
    expect(await verify(client, '-purpose', 'sslclient')).toBe('OK')
    expect(new X509Certificate(client.certificate).validToDate.getFullYear()).toBeGreaterThan(2100)
  })

  it('signs no other', async () => {
    const client = issueClient(authority, 'alice', validFor(5))
    const forged = issueServer({ ...client, certificate: client.certificate }, names, validFor(5))
    writeFileSync(join(folder, 'ca.pem'), authority.certificate)
    writeFileSync(join(folder, 'between.pem'), client.certificate)
    expect(await verify(forged, '-untrusted', join(folder, 'between.pem'))).toContain('error')
  })
})
