import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { describeOnKernel } from './kernel.ts'
import { Network } from './network.ts'

describeOnKernel('a test network', () => {
  it.each(['ipv4', 'ipv6'] as const)('carries %s packets between hosts on one Ethernet', async (family) => {
    await using network = await Network.create({ hosts: ['victim', 'alice', 'bob'] })
    for (const protocol of ['udp', 'tcp'] as const) {
      expect(await network.probe('alice', 'victim', { protocol, port: 7, family })).toBe('answered')
      expect(await network.probe('victim', 'bob', { protocol, port: 7, family })).toBe('answered')
    }
  })

  it.each(['ipv4', 'ipv6'] as const)(
    'carries %s packets through a router, which filters them',
    async (family) => {
      await using network = await Network.create({ hosts: ['router', 'alice', 'bob'], router: 'router' })
      const probe = { protocol: 'tcp', port: 7, family } as const
      expect(await network.probe('alice', 'bob', probe)).toBe('answered')
      expect(await network.probe('alice', 'router', probe)).toBe('answered')
      expect(await network.probe('router', 'bob', probe)).toBe('answered')
      const command = family === 'ipv4' ? 'iptables' : 'ip6tables'
      await network.host('router').run(command, ['-A', 'FORWARD', '-i', 'alice', '-j', 'DROP'])
      expect(await network.probe('alice', 'bob', probe)).toBe('lost')
      expect(await network.probe('alice', 'router', probe)).toBe('answered')
    },
  )

  it('tells what dropped, refused, arrived without an answer, and was answered', async () => {
    await using network = await Network.create({ hosts: ['victim', 'alice'] })
    const victim = network.host('victim')
    const drop = (port: string) => ['INPUT', '-p', 'udp', '--dport', port, '-j', 'DROP']
    await victim.run('iptables', ['-A', ...drop('1')])
    await victim.run('iptables', ['-A', 'INPUT', '-p', 'udp', '--dport', '2', '-j', 'REJECT'])
    await victim.run('iptables', ['-A', 'OUTPUT', '-p', 'udp', '--sport', '3', '-j', 'DROP'])
    const outcomes = [1, 2, 3, 4].map((port) => network.probe('alice', 'victim', { protocol: 'udp', port }))
    expect(await Promise.all(outcomes)).toEqual(['lost', 'refused', 'arrived', 'answered'])
    await victim.run('iptables', ['-D', ...drop('1')])
    expect(await network.reaches('alice', 'victim', { protocol: 'udp', port: 1 })).toBe(true)
  })

  it('sends from the port that it is told to, again and again', async () => {
    await using network = await Network.create({ hosts: ['victim', 'alice'] })
    const rule = ['INPUT', '-p', 'tcp', '--sport', '4000', '-j', 'REJECT', '--reject-with', 'tcp-reset']
    await network.host('victim').run('iptables', ['-A', ...rule])
    const probe = { protocol: 'tcp', port: 7, sourcePort: 4000 } as const
    expect(await network.probe('alice', 'victim', probe)).toBe('refused')
    await network.host('victim').run('iptables', ['-D', ...rule])
    expect(await network.probe('alice', 'victim', probe)).toBe('answered')
    expect(await network.probe('alice', 'victim', probe)).toBe('answered')
  })

  it('says what a program printed when it fails', async () => {
    await using network = await Network.create({ hosts: ['victim'] })
    await expect(network.host('victim').run('ip', ['link', 'show', 'nothing'])).rejects.toThrow('nothing')
  })

  it('leaves no namespace, no device and no process behind', async () => {
    const network = await Network.create({ hosts: ['victim', 'alice'] })
    const sleeper = network.host('alice').spawn('sleep', ['1000'])
    const ended = new Promise((resolve) => sleeper.once('exit', (_code, signal) => resolve(signal)))
    await network[Symbol.asyncDispose]()
    expect(await ended).toBe('SIGKILL')
    expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).toBe('')
    expect(execFileSync('ip', ['-brief', 'link'], { encoding: 'utf8' })).toMatch(/^lo [^\n]*\n$/)
  })

  it('leaves nothing behind when it can not be built', async () => {
    await expect(Network.create({ hosts: ['victim', 'a-name-too-long-for-a-device'] })).rejects.toThrow()
    expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).toBe('')
  })
})
