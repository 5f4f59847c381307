import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCommand } from '../testing/command.ts'
import { describeOnKernel } from '../testing/kernel.ts'

const bench = join(import.meta.dirname, '../scripts/bench.mjs')

describeOnKernel('the benchmark', () => {
  it('measures every topic against the tools beside', { timeout: 120_000 }, async () => {
    const { stdout } = await runCommand('node', [bench, '--quick', '--json'])
    const figures = { median: expect.any(Number), low: expect.any(Number), high: expect.any(Number) }
    const side = { name: expect.any(String), ...figures }
    const { machine, measurements } = JSON.parse(stdout)
    expect(machine).toMatchObject({ kernel: expect.any(String), cores: expect.any(Number) })
    for (const measurement of measurements) {
      expect(measurement).toMatchObject({ ours: side, beside: side, ratio: figures })
      expect(measurement.ratio.low).toBeGreaterThan(0)
    }
    const bars = measurements.filter(({ bar }: { bar?: number }) => bar !== undefined)
    expect(bars.map(({ what, bar }: { what: string; bar: number }) => [what, bar])).toEqual([
      ['a ban through the library', 60],
      ['a rule through the library, nft', 5],
      ['bans over REST, 64 connections', 0.6],
      ['reading a dump of 2500 rules', 2],
      ['writing a dump of 2500 rules', 4],
      ['the plan of 2500 rules of which 10 differ', 1 / 1.6],
      ['applying 10 changes to 2500 rules', 2],
      ['an entry through the library', 80],
      ['50,000 entries into a fresh set', 4],
      ['50,000 entries into a fresh set', 3.33],
      ['50,000 entries replaced, 1 % of them new', 1],
      ['50,000 entries read back as objects', 1.25],
      ['each of 500 rules of 1,000 callers at once', 40],
      ["the daemon's memory, idle", 90_000_000],
      ["the daemon's memory, 5,000 bans, 250 rules", 200_000_000],
    ])
  })

  it('prints the machine in the first line, and measures only the topics that it is told', async () => {
    const { stdout } = await runCommand('node', [bench, '--quick', 'bans'])
    const [first, , heading, ...lines] = stdout.trimEnd().split('\n')
    expect(first).toMatch(/^Linux \S+, \d+ cores \(.+\), iptables \S+ \(\S+\), ipset \S+, Node v\d+\.\S+$/)
    expect(heading).toMatch(/^WHAT .* BAR {2}MET$/)
    expect(lines).toHaveLength(1)
  })

  it('says which topics there are when it is told another', async () => {
    await expect(runCommand('node', [bench, 'nothing'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('bans, rules, rest, texts'),
    })
  })
})
