import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { CertificateFolder } from '../certificates/certificate-folder.ts'
import { connect } from '../client.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'

describeOnKernel('a client certificate', () => {
  let folder = ''
  let daemon: DaemonProcess
  let remote: { readonly url: string; readonly ca: string }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-clients-'))
    daemon = await startProcess(folder, ['--https', 'true', '--https-port', '0'])
    const port = /https:\/\/\S+:(\d+)/.exec(daemon.report)?.[1] ?? ''
    remote = {
      url: `https://localhost:${port}`,
      ca: readFileSync(join(folder, 'state/certificates/ca.pem'), 'utf8'),
    }
  }, 60_000)
  afterAll(async () => {
    await daemon.end('SIGTERM')
    rmSync(folder, { recursive: true })
  })

  function clientOf(name: string) {
    const { certificate, key } = new CertificateFolder(join(folder, 'state')).issueClient(name, 1)
    const { fingerprint256 } = new X509Certificate(certificate)
    return { client: connect({ remote: { ...remote, certificate, key } }), fingerprint256 }
  }

  it('gives nothing by itself, and what its fingerprint was given', async () => {
    const { client, fingerprint256 } = clientOf('alice')
    await expect(client.request('GET', '/v1/bans')).rejects.toMatchObject({ code: 'not-authenticated' })
    const permissions = { read: true, ban: { longest: '1h' } }
    await daemon.client.request('POST', '/v1/keys', {
      name: 'alice-laptop',
      permissions,
      certificate: fingerprint256,
    })
    expect(await client.request('PUT', '/v1/bans/198.51.100.7', { for: '10m' })).toMatchObject({
      who: 'alice-laptop',
    })
    await expect(client.request('PUT', '/v1/bans/198.51.100.8', {})).rejects.toMatchObject({
      code: 'permission-missing',
    })
    await expect(client.request('DELETE', '/v1/bans/198.51.100.7')).rejects.toMatchObject({ status: 403 })
    await daemon.client.request('DELETE', '/v1/bans/198.51.100.7')
    await daemon.client.request('DELETE', '/v1/keys/alice-laptop')
    await expect(client.request('GET', '/v1/bans')).rejects.toMatchObject({ code: 'not-authenticated' })
  }, 60_000)

  it('of the same name as another is not taken for it', async () => {
    const { fingerprint256 } = clientOf('bob')
    await daemon.client.request('POST', '/v1/keys', {
      name: 'bob',
      permissions: { read: true },
      certificate: fingerprint256,
    })
    const { client } = clientOf('bob')
    await expect(client.request('GET', '/v1/bans')).rejects.toMatchObject({ code: 'not-authenticated' })
  }, 60_000)

  it('does not stand in for a key that is wrong', async () => {
    const { certificate, key } = new CertificateFolder(join(folder, 'state')).issueClient('carol', 1)
    const { fingerprint256 } = new X509Certificate(certificate)
    await daemon.client.request('POST', '/v1/keys', {
      name: 'carol',
      permissions: { read: true },
      certificate: fingerprint256,
    })
    const both = connect({ remote: { ...remote, certificate, key, apiKey: 'cm_wrong' } })
    await expect(both.request('GET', '/v1/bans')).rejects.toMatchObject({ code: 'not-authenticated' })
  }, 60_000)
})
