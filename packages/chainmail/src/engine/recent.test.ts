import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { openFirewall } from './firewall.ts'

describeOnKernel('the lists of the recent match', () => {
  it('are named, read and changed beside the rule that fills them', async () => {
    execFileSync('ip', ['link', 'set', 'lo', 'up'])
    await using firewall = await openFirewall()
    expect(firewall.recent()).toEqual([])
    await firewall.chain('INPUT').append('-p udp --dport 9 -m recent --name knock --set')
    expect(firewall.recent()).toEqual(['knock'])

    const knock = firewall.recent('knock')
    expect(await knock.has('127.0.0.1')).toBe(false)
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.send('x', 9, '127.0.0.1', () => resolve()))
    socket.close()
    expect(await knock.has('127.0.0.1')).toBe(true)
    expect(await knock.entries()).toMatchObject([{ address: '127.0.0.1', family: 'ipv4', ttl: 64 }])

    await expect(knock.delete('192.0.2.1')).rejects.toMatchObject({
      code: expect.stringMatching(/^(entry-not-found|not-permitted)$/),
    })
    await firewall.chain('INPUT').delete(1)
    await expect(firewall.recent('nowhere').entries()).rejects.toMatchObject({ code: 'recent-not-found' })
    await expect(firewall.recent('../knock').flush()).rejects.toMatchObject({ code: 'bad-recent-name' })
  })
})
