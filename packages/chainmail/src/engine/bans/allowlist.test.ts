import { execFileSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from '../firewall.ts'

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

describeOnKernel('the allowlist', () => {
  let firewall: Firewall

  beforeEach(async () => {
    run('ip', 'link', 'add', 'own0', 'type', 'veth', 'peer', 'name', 'own1')
    run('ip', 'link', 'set', 'own0', 'up')
    run('ip', 'link', 'set', 'own1', 'up')
    run('ip', 'address', 'add', '198.51.100.1/24', 'dev', 'own0')
    run('ip', 'route', 'add', 'default', 'via', '198.51.100.254')
    firewall = await openFirewall()
  })

  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    run('ip', 'link', 'delete', 'own0')
    for (const command of ['iptables', 'ip6tables']) run(command, '-t', 'raw', '-F')
    run('ipset', 'destroy')
  })

  it('holds what this host needs itself, unless told otherwise', async () => {
    expect(firewall.allowlist.list()).toEqual(
      expect.arrayContaining([
        { address: '127.0.0.0/8', family: 'ipv4', reason: 'loopback', origin: 'default' },
        { address: '::1', family: 'ipv6', reason: 'loopback', origin: 'default' },
        {
          address: '198.51.100.1',
          family: 'ipv4',
          reason: 'an address of this host, on own0',
          origin: 'default',
        },
        { address: '198.51.100.254', family: 'ipv4', reason: 'a gateway of this host', origin: 'default' },
      ]),
    )
    await using bare = await openFirewall({ allowByDefault: ['loopback'] })
    expect(bare.allowlist.list().map(({ address }) => address)).toEqual(['127.0.0.0/8', '::1'])
    await bare.ban('198.51.100.254')
    await using none = await openFirewall({ allowByDefault: [] })
    expect(none.allowlist.list()).toEqual([])
  })

  it.each([
    ['198.51.100.1', '198.51.100.1 is allowed, by default (an address of this host, on own0)'],
    ['198.51.100.254', '198.51.100.254 is allowed, by default (a gateway of this host)'],
    ['198.51.100.0/24', '198.51.100.0/24 holds 198.51.100.'],
    ['127.0.0.0/30', '127.0.0.0/30 lies in 127.0.0.0/8, which is allowed, by default (loopback)'],
    ['192.0.2.0-192.0.2.9', '192.0.2.0-192.0.2.9 holds 192.0.2.5, which is allowed (office)'],
    ['192.0.2.5', '192.0.2.5 is allowed (office)'],
  ])('refuses a ban of %s and says why', async (text, words) => {
    await firewall.allowlist.add('192.0.2.5', { reason: 'office' })
    await expect(firewall.ban(text)).rejects.toMatchObject({
      code: 'address-allowed',
      message: expect.stringContaining(words),
    })
    expect(run('ipset', 'list', '-n').trim()).toBe('chainmail-allow4')
  })

  it('is left out of a wide ban that asks for it, and nothing is left of a narrow one', async () => {
    await firewall.ban('198.51.100.0/24', { for: '1h', exceptAllowed: true })
    expect(run('ipset', '-sorted', 'save', 'chainmail-ban4').split('\n').slice(1, 4)).toEqual([
      expect.stringMatching(/198\.51\.100\.0\/24 timeout 3[56]\d\d /),
      expect.stringMatching(/198\.51\.100\.1 timeout 0 nomatch .*"chainmail: allowed"$/),
      expect.stringMatching(/198\.51\.100\.254 timeout 0 nomatch .*"chainmail: allowed"$/),
    ])
    await expect(firewall.ban('198.51.100.1', { exceptAllowed: true })).rejects.toMatchObject({
      code: 'address-allowed',
    })
  })

  it('is seen by every process of the host, within a second, and survives them', async () => {
    await using other = await openFirewall()
    expect(other.allowlist.covering('192.0.2.5')).toBeUndefined()
    await firewall.allowlist.add('192.0.2.0/28', { reason: 'office' })
    await firewall.allowlist.add('2001:db8::1-2001:db8::2')
    expect(run('ipset', 'save', 'chainmail-allow4')).toContain(
      'add chainmail-allow4 192.0.2.0/28 comment "office"',
    )
    while (other.allowlist.covering('192.0.2.5') === undefined) await setTimeout(50)
    await expect(other.ban('192.0.2.5')).rejects.toMatchObject({ code: 'address-allowed' })
    expect(other.allowlist.overlapping('192.0.0.0/16').map(({ address }) => address)).toEqual([
      '192.0.2.0/28',
    ])
    await other.allowlist.remove('2001:db8::1-2001:db8::2')
    expect(run('ipset', 'save', 'chainmail-allow6')).not.toContain('add')
  })

  it('takes bans in place back, and lets wider ones hold again when an entry goes', async () => {
    await firewall.ban('192.0.2.5')
    await firewall.ban('192.0.0.0/16', { for: '1h' })
    await firewall.ban('192.0.2.6', { scope: { interface: 'eth0' } })
    await firewall.allowlist.add('192.0.2.0/28')
    expect(await firewall.isBanned('192.0.2.5')).toBeUndefined()
    expect(await firewall.isBanned('192.0.2.6')).toBeUndefined()
    expect(await firewall.isBanned('192.0.2.16')).toMatchObject({ address: '192.0.0.0/16' })
    await firewall.allowlist.remove('192.0.2.0/28')
    expect(await firewall.isBanned('192.0.2.5')).toMatchObject({ address: '192.0.0.0/16' })
    expect(run('ipset', 'save', 'chainmail-ban4')).not.toContain('nomatch')
  })

  it('makes no set for an entry whose reason the kernel cannot keep', async () => {
    const entry = firewall.allowlist.add('192.0.2.1', { reason: 'the "office"' })
    await expect(entry).rejects.toMatchObject({ code: 'bad-entry-option' })
    expect(run('ipset', 'list', '-n')).toBe('')
  })

  it('says which entry it does not have', async () => {
    await expect(firewall.allowlist.remove('192.0.2.1')).rejects.toMatchObject({ code: 'not-in-allowlist' })
    await expect(firewall.allowlist.remove('198.51.100.1')).rejects.toMatchObject({
      code: 'not-in-allowlist',
      message: expect.stringContaining('by default'),
    })
    await expect(firewall.allowlist.add('10.1.2.3/8')).rejects.toMatchObject({ code: 'bad-address' })
    await expect(firewall.allowlist.add('192.0.2.1', { reason: 'a\nb' })).rejects.toMatchObject({
      code: 'bad-entry-option',
    })
  })
})
