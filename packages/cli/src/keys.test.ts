import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDaemon, type TestDaemon } from '../../../testing/daemon.ts'
import { describeOnKernel } from '../../../testing/kernel.ts'
import { call } from './test-call.ts'

describeOnKernel('the keys of a daemon', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-keys-'))
  let daemon: TestDaemon

  beforeAll(async () => {
    daemon = await startDaemon(folder)
  }, 60_000)
  afterAll(async () => {
    await daemon.stop()
    rmSync(folder, { recursive: true })
  })

  const keys = (words: readonly string[], stdin = '') =>
    call(['keys', ...words, '--socket', daemon.socket], { stdin })

  it('are made, shown once, listed and revoked', async () => {
    const words = 'create fail2ban --ban --longest 1d --widest 32,64 --scopes tcp:22 --per-minute 60 --unban'
    const made = await keys(words.split(' '))
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^cm_[0-9A-Za-z]{49}\n$/) })
    const listed = await keys(['list', '--json'])
    expect(JSON.parse(listed.stdout)).toMatchObject({
      keys: [
        {
          name: 'fail2ban',
          kind: 'key',
          permissions: {
            ban: {
              longest: 86_400,
              widest: { ipv4: 32, ipv6: 64 },
              scopes: ['tcp:22'],
              perMinute: 60,
              unban: true,
            },
          },
        },
      ],
    })
    expect(listed.stdout).not.toContain(made.stdout.trim())
    expect(await keys(['revoke', 'fail2ban'])).toMatchObject({ code: 0, stdout: 'fail2ban is revoked.\n' })
    expect((await keys(['list'])).stdout).toMatch(/^fail2ban +key +revoked/m)
    expect(await keys(['revoke', 'fail2ban'])).toMatchObject({ code: 1 })
  })

  it('may be made from a file that says what they may do', async () => {
    const file = join(folder, 'permissions.json')
    writeFileSync(file, '{"read": true, "edit": {"chains": ["filter/app"]}}')
    expect(await keys(['create', 'deploy', '--permissions', file])).toMatchObject({ code: 0 })
    const [, key] = JSON.parse((await keys(['list', '--json'])).stdout).keys
    expect(key.permissions).toEqual({ read: true, edit: { chains: ['filter/app'], sets: [] } })
    writeFileSync(file, '{"edit": {"chains": ["app"]}}')
    const wrong = await keys(['create', 'other', '--permissions', file])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('permissions.edit.chains[0]') })
  })

  it('may be certificates and passwords', async () => {
    const fingerprint = Array.from({ length: 32 }, () => 'ab').join(':')
    expect(await keys(['create', 'alice', '--everything', '--certificate', fingerprint])).toMatchObject({
      code: 0,
      stdout: 'alice is let in.\n',
    })
    expect(await keys(['create', 'web1', '--ban', '--unban', '--password'], 'correct horse\n')).toMatchObject(
      {
        code: 0,
      },
    )
    expect(await keys(['create', 'bob', '--read', '--certificate', 'ab'])).toMatchObject({ code: 2 })
    expect((await keys(['list', '--json'])).stdout).not.toContain('scrypt')
  })

  it.each([
    [['create', 'carol'], 'has to be allowed something'],
    [['create', 'carol', '--longest', '1d'], 'need --ban'],
    [['create', 'carol', '--ban', '--widest', '24'], '--widest has two'],
    [['create', 'carol', '--read', '--permissions', 'x'], 'leave the other options out'],
    [['create', 'carol', '--read', '--everything'], 'everything stands alone'],
    [['create', 'carol', '--read', '--password'], 'standard input, which is empty'],
  ])('are refused where %j makes no sense', async (words, said) => {
    expect(await keys(words)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) })
  })
})
