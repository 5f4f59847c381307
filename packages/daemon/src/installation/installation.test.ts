import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkFile } from '../configuration/file.ts'
import { runSystemProgram } from './index.ts'
import { install, type Step, uninstall } from './installation.ts'

const program = { node: '/opt/node/bin/node', main: '/opt/chain mail/main.ts' }

const files = [
  'etc/chainmail/chainmail.toml',
  'etc/modules-load.d/chainmail.conf',
  'etc/systemd/system/chainmail-http.socket',
  'etc/systemd/system/chainmail-https.socket',
  'etc/systemd/system/chainmail.service',
  'etc/systemd/system/chainmail.socket',
  'etc/sysusers.d/chainmail.conf',
  'etc/tmpfiles.d/chainmail.conf',
]

describe('an installation below another root', () => {
  let root: string
  const ran: string[] = []
  const options = (more: { dryRun?: boolean } = {}) => ({
    dryRun: false,
    root,
    program,
    run: async (name: string, words: readonly string[]) => {
      ran.push([name, ...words].join(' '))
    },
    ...more,
  })
  const present = () =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .toSorted()
  const did = (steps: readonly Step[]) => new Set(steps.map((step) => step.does))

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'chainmail-install-'))
    ran.length = 0
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('puts every file in place, for others to read but the settings, and runs nothing', async () => {
    expect(did(await install(options()))).toEqual(new Set(['write']))
    expect(present()).toEqual(files)
    for (const file of files)
      expect(statSync(join(root, file)).mode & 0o777).toBe(file.endsWith('.toml') ? 0o640 : 0o644)
    expect(checkFile(readFileSync(join(root, 'etc/chainmail/chainmail.toml'), 'utf8')).problems).toEqual([])
    expect(ran).toEqual([])
  })

  it('changes nothing when it is made again', async () => {
    await install(options())
    expect(did(await install(options()))).toEqual(new Set(['keep']))
  })

  it('only tells, in a dry run', async () => {
    expect(did(await install(options({ dryRun: true })))).toEqual(new Set(['write']))
    expect(present()).toEqual([])
    await install(options())
    expect(did(await uninstall({ ...options({ dryRun: true }), purge: true }))).toContain('remove')
    expect(present()).toEqual(files)
  })

  it('replaces an older unit, and never a configuration that was edited', async () => {
    await install(options())
    const unit = join(root, 'etc/systemd/system/chainmail.service')
    const settings = join(root, 'etc/chainmail/chainmail.toml')
    writeFileSync(unit, 'old')
    writeFileSync(settings, '[http]\nport = 1\n')
    const steps = await install(options())
    expect(steps.filter(({ does }) => does === 'replace')).toEqual([{ does: 'replace', what: unit }])
    expect(readFileSync(settings, 'utf8')).toBe('[http]\nport = 1\n')
  })

  it('is taken away without a trace', async () => {
    await install(options())
    await uninstall({ ...options(), purge: false })
    expect(present()).toEqual([])
    expect(existsSync(join(root, 'etc/chainmail'))).toBe(false)
    expect(await uninstall({ ...options(), purge: false })).toEqual([])
  })

  it('leaves state and edited settings behind unless it is told to purge', async () => {
    await install(options())
    mkdirSync(join(root, 'var/lib/chainmail'), { recursive: true })
    writeFileSync(join(root, 'var/lib/chainmail/chainmail.db'), '')
    writeFileSync(join(root, 'etc/chainmail/chainmail.toml'), '[http]\nport = 1\n')
    await uninstall({ ...options(), purge: false })
    expect(present()).toEqual(['etc/chainmail/chainmail.toml', 'var/lib/chainmail/chainmail.db'])
    await uninstall({ ...options(), purge: true })
    expect(present()).toEqual([])
    expect(existsSync(join(root, 'var/lib/chainmail'))).toBe(false)
  })

  it('says in a sentence where it may not write, or finds something else', async () => {
    writeFileSync(join(root, 'etc'), '')
    chmodSync(join(root, 'etc'), 0o400)
    await expect(install(options())).rejects.toMatchObject({ code: 'not-installable' })
  })
})

describe('an installation of this host', () => {
  const ran: string[] = []
  const options = (node: string) => ({
    dryRun: true,
    program: { ...program, node },
    run: async () => {
      ran.push('something')
    },
  })

  it('tells the programs that it would run, in their order, and runs none in a dry run', async () => {
    const steps = await install(options(program.node))
    expect(steps.filter(({ does }) => does === 'run').map(({ what }) => what)).toEqual([
      'systemd-sysusers /etc/sysusers.d/chainmail.conf',
      'systemd-tmpfiles --create /etc/tmpfiles.d/chainmail.conf',
      'systemctl daemon-reload',
      'systemctl enable chainmail.service chainmail.socket chainmail-https.socket',
    ])
    expect(ran).toEqual([])
  })

  it.each(['/root/node', '/home/alice/node', '/tmp/node'])(
    'is refused for %s, which the service cannot see',
    async (node) => {
      await expect(install(options(node))).rejects.toMatchObject({ code: 'not-installable' })
    },
  )
})

describe('a program of the system', () => {
  it('is looked for by its name, and its failure told', async () => {
    await runSystemProgram('test', ['a', '=', 'a'])
    await expect(runSystemProgram('test', ['a', '=', 'b'])).rejects.toMatchObject({ code: 'not-installable' })
    await expect(runSystemProgram('no-such-program', [])).rejects.toMatchObject({
      code: 'not-installable',
      message: 'There is no program no-such-program here.',
    })
  })
})
