import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { openFirewall } from '../firewall.ts'
import type { DesiredInput } from './desired.ts'

/** How often the chain is replaced. `npm run flood` asks for the long form, under a flood without a pause. */
const LONG = process.env.FLOOD === 'long'
const REPLACEMENTS = LONG ? 500 : 20
const RULES = 5_000
/** What iptables-nft-restore takes in one commit where it may not enlarge its buffer: inside a user namespace. */
const RULES_OF_A_SMALL_BATCH = 200

const ADMITTED = 7001
const REFUSED = 7002

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

describeOnKernel.each(['nft', 'legacy'] as const)('replacing a chain under a flood, %s', (backend) => {
  const iptables = (...args: string[]): string => run(`iptables-${backend}`, '-w', ...args)
  /** Packets that a chain of another table has counted, before the filter or behind it. */
  const counted = (table: string, port: number): number => {
    const line = iptables('-t', table, '-L', 'INPUT', '-v', '-n', '-x')
      .split('\n')
      .find((text) => text.includes(`dpt:${port}`))
    return Number(line?.trim().split(/\s+/)[0])
  }

  it('loses no packet and lets none through', async () => {
    await using firewall = await openFirewall({ backend, allowByDefault: [] })
    // An empty or half filled chain would lose what is admitted, and let through what is refused.
    iptables('-P', 'INPUT', 'DROP')
    iptables('-N', 'app')
    iptables('-A', 'INPUT', '-j', 'app')
    iptables('-A', 'INPUT', '-p', 'udp', '--dport', String(REFUSED), '-j', 'ACCEPT')
    for (const table of ['mangle', 'security'])
      for (const port of [ADMITTED, REFUSED])
        iptables('-t', table, '-A', 'INPUT', '-p', 'udp', '--dport', String(port))
    const version = (number: number, amount: number): DesiredInput => ({
      tables: [{ chains: { app: { exact: true, rules: rulesOf(number, amount) } } }],
    })
    const take = async (amount: number): Promise<number> => {
      await firewall.apply(await firewall.plan(version(0, amount)))
      return amount
    }
    const amount = await take(RULES).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'batch-too-large')
        return take(RULES_OF_A_SMALL_BATCH)
      throw error
    })

    for (const table of ['mangle', 'security']) iptables('-t', table, '-Z')
    const flood = spawn('bash', ['-c', FLOOD], { stdio: 'ignore' })
    let removed = 0
    try {
      for (let number = 1; number <= REPLACEMENTS; number++) {
        const plan = await firewall.plan(version(number, amount))
        removed += plan.summary.rules.removed + plan.summary.rules.changed
        await firewall.apply(plan)
      }
    } finally {
      flood.kill()
      await once(flood, 'close')
    }
    const seen = counted('mangle', ADMITTED)
    expect(removed).toBe(REPLACEMENTS * (amount - 2))
    expect(seen).toBeGreaterThan(REPLACEMENTS)
    expect(counted('mangle', REFUSED)).toBeGreaterThan(REPLACEMENTS)
    expect(counted('security', ADMITTED)).toBe(seen)
    expect(counted('security', REFUSED)).toBe(0)
  }, 3_600_000)
})

const PAUSE = LONG ? '' : 'read -t 0.001 <&9;'
const FLOOD = `exec 9<> <(:); while :; do ${PAUSE} echo > /dev/udp/127.0.0.1/${ADMITTED}; echo > /dev/udp/127.0.0.1/${REFUSED}; done`

function rulesOf(version: number, amount: number): readonly string[] {
  const filling = Array.from(
    { length: amount - 2 },
    (_, index) =>
      `-s 10.${version % 250}.${index >> 8}.${index & 255} -p udp --dport ${version % 2 === 0 ? ADMITTED : REFUSED} -j DROP`,
  )
  return [...filling, `-p udp --dport ${ADMITTED} -j ACCEPT`, `-p udp --dport ${REFUSED} -j DROP`]
}
