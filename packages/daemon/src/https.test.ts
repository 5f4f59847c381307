import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCommand } from '../../../testing/command.ts'
import { describeOnKernel } from '../../../testing/kernel.ts'
import { CertificateFolder } from './certificates/certificate-folder.ts'
import { hostNamesOf } from './certificates/host-names.ts'
import { connect } from './client.ts'
import { type DaemonProcess, startProcess } from './daemon-process.ts'

describeOnKernel('a daemon with HTTPS', () => {
  let folder: string
  let daemon: DaemonProcess
  let url: string
  let caFile: string
  let log = ''

  const configure = (names: string) =>
    writeFileSync(join(folder, 'chainmail.toml'), `[https]\nnames = [${names}]\n`)
  const ca = () => readFileSync(caFile, 'utf8')

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-https-'))
    caFile = join(folder, 'state/certificates/ca.pem')
    configure('')
    daemon = await startProcess(folder, ['--https', 'true', '--https-port', '0'])
    daemon.child.stderr?.on('data', (piece: string) => {
      log += piece
    })
    url = `https://localhost:${/https:\/\/\S+:(\d+)/.exec(daemon.report)?.[1] ?? ''}`
  }, 60_000)
  afterAll(async () => {
    await daemon.end('SIGTERM')
    rmSync(folder, { recursive: true })
  })

  it("tells the fingerprint of its authority, which is that of the authority's file", async () => {
    const { fingerprint256 } = new X509Certificate(ca())
    expect(daemon.report).toContain(`SHA-256 of its certificate authority, ${caFile}: ${fingerprint256}`)
    const words = ['x509', '-in', caFile, '-noout', '-fingerprint', '-sha256']
    expect((await runCommand('openssl', words)).stdout).toContain(fingerprint256)
  })

  it('lets nobody who is not known change or read anything', async () => {
    const words = ['--silent', '--cacert', caFile, '--write-out', '%{http_code}', '--output', '/dev/null']
    const ban = [
      '-X',
      'PUT',
      `${url}/v1/bans/198.51.100.7`,
      '-H',
      'content-type: application/json',
      '-d',
      '{}',
    ]
    for (const request of [
      ban,
      [`${url}/v1/bans`],
      [`${url}/list`],
      ['-X', 'PUT', `${url}/drop/input/eth0/198.51.100.7`],
    ])
      expect((await runCommand('curl', [...words, ...request])).stdout).toBe('401')
    // A client certificate says who somebody is, and gives him nothing by itself.
    const { certificate, key } = new CertificateFolder(join(folder, 'state')).issueClient('mallory', 1)
    const remote = { url, ca: ca(), certificate, key }
    await expect(connect({ remote }).request('PUT', '/v1/bans/198.51.100.7')).rejects.toMatchObject({
      status: expect.toSatisfy((status) => status === 401 || status === 403),
    })
    expect(await daemon.client.request('GET', '/v1/bans')).toMatchObject({ bans: [] })
    expect((await runCommand('ipset', ['save'])).stdout).not.toContain('198.51.100.7')
  })

  it('takes over a renewed certificate, and another name on SIGHUP, while a connection stays open', async () => {
    const port = Number(new URL(url).port)
    const shown = async (): Promise<X509Certificate | undefined> => {
      const connection = connectTls({ host: '127.0.0.1', port, ca: ca() })
      await once(connection, 'secureConnect')
      const certificate = connection.getPeerX509Certificate()
      connection.destroy()
      return certificate
    }
    const open = connectTls({ host: '127.0.0.1', port, ca: ca() })
    await once(open, 'secureConnect')
    const before = await shown()

    new CertificateFolder(join(folder, 'state')).renewServer(hostNamesOf([]))
    await expect.poll(async () => (await shown())?.fingerprint256).not.toBe(before?.fingerprint256)

    configure('"fw.example.org"')
    daemon.child.kill('SIGHUP')
    await expect.poll(async () => (await shown())?.checkHost('fw.example.org')).toBe('fw.example.org')
    expect(log).toContain("the server's certificate is renewed")
    expect((await shown())?.checkIssued(new X509Certificate(ca()))).toBe(true)

    open.setEncoding('utf8').write('GET /v1/bans HTTP/1.1\r\nhost: localhost\r\n\r\n')
    const [answer] = await once(open, 'data')
    expect(answer).toMatch(/^HTTP\/1.1 401 /)
    open.destroy()
  }, 60_000)
})
