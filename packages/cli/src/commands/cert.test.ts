import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { call, type Ended } from '../test-call.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-cert-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function cert(...words: string[]): Promise<Ended> {
  const state = join(folder, 'state')
  return call(['cert', ...words, `--state-dir=${state}`, `--config=${join(folder, 'chainmail.toml')}`])
}

async function openssl(...words: string[]): Promise<string> {
  return (await runCommand('openssl', words)).stdout.trim()
}

describe('chainmail cert', () => {
  beforeEach(() => writeFileSync(join(folder, 'chainmail.toml'), '[https]\nnames = ["fw.example.org"]\n'))

  it('says that there is nothing to show before there is', async () => {
    const { code, stderr } = await cert('show')
    expect([code, stderr]).toEqual([1, expect.stringContaining('There are no certificates in ')])
  })

  it('renews, and shows what OpenSSL finds', async () => {
    const renewed = await cert('renew')
    expect(renewed).toMatchObject({ code: 0, stdout: expect.stringContaining('fw.example.org, localhost') })
    const shown = JSON.parse((await cert('show', '--json')).stdout)
    const server = join(folder, 'state/certificates/server.pem')
    expect(await openssl('x509', '-in', server, '-noout', '-fingerprint', '-sha256')).toBe(
      `sha256 Fingerprint=${shown.server.fingerprint}`,
    )
    expect(shown.server.names).toContain('fw.example.org')
    expect(shown.server.daysLeft).toBe(396)
    const { stdout } = await cert('show')
    for (const { fingerprint } of [shown.server, shown.authority])
      expect(stdout).toContain(`  SHA-256  ${fingerprint}\n`)
    await cert('renew')
    const after = JSON.parse((await cert('show', '--json')).stdout)
    expect(after.server.fingerprint).not.toBe(shown.server.fingerprint)
    expect(after.authority).toEqual(shown.authority)
  })

  it("prints the authority's certificate, without its key", async () => {
    const { stdout } = await cert('ca')
    expect(stdout).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/)
    const { certificate, fingerprint } = JSON.parse((await cert('ca', '--json')).stdout)
    expect(certificate).toBe(stdout)
    expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })

  it('issues a certificate for a client, which OpenSSL takes, and overwrites nothing', async () => {
    writeFileSync(join(folder, 'ca.pem'), (await cert('ca')).stdout)
    const issued = await cert('issue', 'alice', '--for', '30d', '--out', folder)
    expect(issued).toMatchObject({ code: 0, stdout: expect.stringContaining('are for alice, until ') })
    const [certificate, key] = [join(folder, 'alice.pem'), join(folder, 'alice.key')]
    for (const file of [certificate, key]) expect(statSync(file).mode & 0o777).toBe(0o600)
    const verify = ['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', join(folder, 'ca.pem')]
    expect(await openssl(...verify, certificate)).toBe(`${certificate}: OK`)
    expect(await openssl('x509', '-in', certificate, '-noout', '-subject')).toMatch(/^subject=CN ?= ?alice$/)
    expect(await openssl('pkey', '-in', key, '-pubout')).toBe(
      await openssl('x509', '-in', certificate, '-noout', '-pubkey'),
    )
    const before = readFileSync(key, 'utf8')
    expect(await cert('issue', 'alice', '--out', folder)).toMatchObject({ code: 1 })
    expect(readFileSync(key, 'utf8')).toBe(before)
  })

  it.each([
    ['../alice', 'is no name for a client'],
    ['.alice', 'is no name for a client'],
    ['a\nb', 'is no name for a client'],
    ['x'.repeat(65), 'is no name for a client'],
  ])('issues nothing for the name %j', async (name, words) => {
    const { code, stderr } = await cert('issue', name, '--out', folder)
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
    expect(readdirSync(folder)).toEqual(['chainmail.toml'])
  })

  it('refuses a span that is none', async () => {
    expect(await cert('issue', 'alice', '--for', 'soon')).toMatchObject({ code: 2 })
  })

  it('shows the certificate that the configuration names, and does not renew it', async () => {
    await cert('issue', 'fw', '--out', folder)
    const names = `[https]\ncertificate = "${join(folder, 'fw.pem')}"\nkey = "${join(folder, 'fw.key')}"\n`
    writeFileSync(join(folder, 'chainmail.toml'), names)
    const shown = JSON.parse((await cert('show', '--json')).stdout)
    expect(shown).toMatchObject({ server: { file: join(folder, 'fw.pem'), name: 'fw' } })
    expect(shown.authority).toBeUndefined()
    const { code, stderr } = await cert('renew')
    expect([code, stderr]).toEqual([1, expect.stringContaining('renew it there')])
  })

  it('tells a mistake of the configuration with its line', async () => {
    writeFileSync(join(folder, 'chainmail.toml'), '[https]\nport = "x"\n')
    expect(await cert('show')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('chainmail.toml:2:8'),
    })
  })
})
