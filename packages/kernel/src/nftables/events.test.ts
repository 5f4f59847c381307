import { expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { NftablesEvents } from './events.ts'
import { NftablesGeneration } from './generation.ts'

describeOnKernel('the events of nf_tables', () => {
  it('tell each commit with its generation and who made it', async () => {
    using events = new NftablesEvents()
    using generation = new NftablesGeneration()
    const before = generation.read()
    expect(events.take()).toEqual({ commits: [], lost: false })
    await runCommand('iptables-nft', ['-A', 'INPUT', '-s', '192.0.2.1', '-j', 'DROP'])
    await runCommand('nft', ['add', 'table', 'ip', 'mine'])
    await runCommand('iptables-nft-save', [])
    const { commits, lost } = events.take()
    expect(lost).toBe(false)
    expect(commits.map(({ processName }) => processName)).toEqual(['iptables-nft', 'nft'])
    expect(commits.map((commit) => commit.generation)).toEqual([before + 1, before + 2])
    expect(commits.every(({ processId = 0 }) => processId > 0)).toBe(true)
    expect(events.take().commits).toEqual([])
  })

  it('are one for a commit, however many rules it has', async () => {
    using events = new NftablesEvents()
    const rules = Array.from({ length: 800 }, (_, index) => `-A INPUT -s 10.0.${index >> 8}.${index & 255}\n`)
    await runCommand('iptables-nft-restore', ['--noflush'], { input: `*filter\n${rules.join('')}COMMIT\n` })
    expect(events.take()).toMatchObject({ commits: [{ processName: 'iptables-nft-re' }], lost: false })
  })

  it('say that some were lost when nobody took them', async () => {
    using events = new NftablesEvents(4_096)
    const block = '*filter\n-A INPUT\nCOMMIT\n*filter\n-D INPUT\nCOMMIT\n'
    await runCommand('iptables-nft-restore', ['--noflush'], { input: block.repeat(50) })
    const { commits, lost } = events.take()
    expect(lost).toBe(true)
    expect(commits.length).toBeLessThan(100)
    expect(events.take()).toEqual({ commits: [], lost: false })
  })
})
