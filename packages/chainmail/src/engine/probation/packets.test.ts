import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { Network } from '../../../../../testing/network.ts'

const PORT = 22
const library = new URL('../firewall.ts', import.meta.url).href

/** Shuts everybody out for three seconds, and is then told to die. */
const shutOut = `
  import { openFirewall } from ${JSON.stringify(library)}
  const firewall = await openFirewall()
  const all = { policy: 'DROP', rules: ['-j DROP'] }
  const plan = await firewall.plan({ tables: [{ chains: { INPUT: all, OUTPUT: all } }] })
  await firewall.apply(plan, { confirmWithin: '3s' })
  console.log('applied')
  setInterval(() => {}, 1000)`

/** Says over one connection what the time is, ten times a second, and prints what comes back. */
const talk = (address: string): string => `
  const socket = require('node:net').connect(${PORT}, '${address}')
  socket.on('error', (error) => { console.log('broken: ' + error.code); process.exit() })
  socket.on('data', (data) => process.stdout.write(data))
  setInterval(() => socket.write(process.hrtime.bigint() + '\\n'), 100)`

describeOnKernel('a change on probation that cuts a connection', () => {
  it('is taken back without whoever made it, and the same connection goes on', async () => {
    await using network = await Network.create({ hosts: ['victim', 'alice'] })
    const [victim, alice] = [network.host('victim'), network.host('alice')]
    expect(await network.probe('alice', 'victim', { protocol: 'tcp', port: PORT })).toBe('answered')

    const talker = alice.spawn(process.execPath, ['-e', talk(victim.ipv4)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const heard: string[] = []
    if (talker.stdout === null) throw new Error('It has no output.')
    createInterface(talker.stdout).on('line', (line) => heard.push(line))
    await expect.poll(() => heard.length, { timeout: 20_000 }).toBeGreaterThan(2)

    const applier = victim.spawn(process.execPath, ['--input-type=module', '-e', shutOut], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (applier.stdout === null) throw new Error('It has no output.')
    await once(createInterface(applier.stdout), 'line')
    const cutAt = process.hrtime.bigint()
    applier.kill('SIGKILL')
    expect(await network.reaches('alice', 'victim', { protocol: 'tcp', port: PORT })).toBe(false)
    expect(heard.filter((line) => BigInt(line) > cutAt)).toEqual([])

    await expect
      .poll(() => heard.filter((line) => BigInt(line) > cutAt).length, { timeout: 30_000 })
      .toBeGreaterThan(2)
    expect(await network.probe('alice', 'victim', { protocol: 'tcp', port: PORT })).toBe('answered')
    const { stdout } = await victim.run('iptables', ['-S'])
    expect(stdout).toBe('-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n')
  }, 60_000)
})
