import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { install } from './installation.ts'
import { packagedProgram, pieces, units, unitsOnDemand } from './pieces.ts'

const packaging = join(import.meta.dirname, '../../../../packaging')

describe('the units', () => {
  let root: string

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'chainmail-units-'))
    await install({ dryRun: false, root, program: packagedProgram, run: async () => undefined })
  })
  afterAll(() => rmSync(root, { recursive: true }))

  it('expose the service by at most 1.5 of 10, by the judgement of systemd-analyze', async () => {
    const words = [
      'security',
      '--offline=true',
      '--no-pager',
      '--threshold=15',
      join(packaging, 'chainmail.service'),
    ]
    const { stdout } = await runCommand('systemd-analyze', words)
    const overall = stdout.trim().split('\n').at(-1) ?? ''
    console.log(overall)
    expect(overall).toMatch(/: (?:0\.\d|1\.[0-5]) /)
  })

  it('are without a mistake that systemd-analyze would tell', async () => {
    // With a program that is there: it looks for that too.
    const written = pieces({ ...packagedProgram, node: process.execPath })
    const paths = [...units, ...unitsOnDemand].map((name) => join(root, name))
    for (const path of paths)
      await writeFile(path, written.find((piece) => basename(piece.path) === basename(path))?.text ?? '')
    const { stdout, stderr } = await runCommand('systemd-analyze', [
      'verify',
      '--man=no',
      '--recursive-errors=no',
      ...paths,
    ])
    expect(stdout + stderr).not.toMatch(/chainmail/)
  })

  it('name the program of a package as they are, and this very program where they are installed', () => {
    const service = (program = packagedProgram) =>
      pieces(program).find(({ path }) => path.endsWith('chainmail.service'))?.text ?? ''
    expect(service()).toContain(`\nExecStart=${packagedProgram.node} ${packagedProgram.main}\n`)
    expect(service({ node: '/opt/a b/node', main: '/opt/100%/$x/main.ts' })).toContain(
      '\nExecStart="/opt/a b/node" /opt/100%%/$$x/main.ts\n',
    )
  })

  it('leave the configuration to root, and let the daemon read it', async () => {
    await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n')
    // In the namespace of a test there is no other group than that of root.
    await writeFile(join(root, 'etc/group'), 'root:x:0:\nchainmail:x:0:\n')
    await runCommand('systemd-tmpfiles', [`--root=${root}`, '--create', 'chainmail.conf'])
    const modeOf = async (path: string) => (await stat(join(root, path))).mode & 0o777
    expect([await modeOf('etc/chainmail'), await modeOf('etc/chainmail/chainmail.toml')]).toEqual([
      0o750, 0o640,
    ])
    const told = await readFile(join(root, 'etc/tmpfiles.d/chainmail.conf'), 'utf8')
    expect(told).toMatch(/^z \/etc\/chainmail 0750 root chainmail$/m)
    expect(told).toMatch(/^z \/etc\/chainmail\/\* - root chainmail$/m)
  })

  it('come with a user that systemd-sysusers makes', async () => {
    await runCommand('systemd-sysusers', [`--root=${root}`, 'chainmail.conf'])
    expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).toMatch(
      /^chainmail:x:\d+:\d+:chainmail firewall daemon:\/var\/lib\/chainmail:\/usr\/sbin\/nologin$/m,
    )
    expect(readFileSync(join(root, 'etc/group'), 'utf8')).toMatch(/^chainmail:x:\d+:$/m)
  })
})
