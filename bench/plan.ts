import { desiredFromText, type Firewall, openFirewall } from 'chainmail'
import { runCommand } from '../testing/command.ts'
import { compare, type Effort, type Measurement, timePerOperation } from './harness.ts'
import { type BenchChain, blocksOf, chainsOf, loadChains } from './ruleset.ts'

const RULES_PER_CHAIN = 5_000
/** Rules in which the desired state differs from the kernel. */
const DIFFERENT = 10

/** A plan of a large ruleset that differs in few rules, and its application, against the tools for the whole. */
export async function measurePlan({ rounds, operations }: Effort): Promise<Measurement[]> {
  const amount = operations(50_000)
  const chains = chainsOf(amount, RULES_PER_CHAIN)
  await loadChains(chains)
  try {
    await using firewall = await openFirewall({ backend: 'nft' })
    return await comparePlans(firewall, chains, rounds, amount)
  } finally {
    await runCommand('iptables-nft', ['-F'])
    await runCommand('iptables-nft', ['-X'])
  }
}

async function comparePlans(
  firewall: Firewall,
  chains: readonly BenchChain[],
  rounds: number,
  amount: number,
): Promise<Measurement[]> {
  const states = [chains, varied(chains)].map((state) => desiredFromText(dumpOf(state), { scope: 'table' }))
  const planNext = async (): ReturnType<Firewall['plan']> => {
    for (const state of states) {
      const plan = await firewall.plan(state)
      if (!plan.isEmpty) return plan
    }
    throw new Error('the kernel cannot hold both states at once')
  }
  const planning = await compare(
    {
      what: `the plan of ${amount} rules of which ${DIFFERENT} differ`,
      unit: 'time',
      bar: 1 / 1.6,
      ours: {
        name: 'await firewall.plan()',
        round: () =>
          timePerOperation(1, async () => {
            const [, other] = states
            if (other !== undefined) await firewall.plan(other)
          }),
      },
      beside: {
        name: 'iptables-nft-save',
        round: () =>
          timePerOperation(1, async () => {
            await runCommand('iptables-nft-save', ['-t', 'filter'])
          }),
      },
    },
    rounds,
  )
  const applying = await compare(
    {
      what: `applying ${DIFFERENT} changes to ${amount} rules`,
      unit: 'time',
      bar: 2,
      ours: {
        name: 'await firewall.apply()',
        round: async () => {
          const plan = await planNext()
          return timePerOperation(1, async () => {
            await firewall.apply(plan)
          })
        },
      },
      beside: { name: 'iptables-nft-restore of all', round: () => timeRestore(chains) },
    },
    Math.min(rounds, 5),
  )
  return [planning, applying]
}

/** The whole ruleset; in pieces, because a commit inside a user namespace does not take all of it. */
async function timeRestore(chains: readonly BenchChain[]): Promise<number> {
  const blocks = Array.from(blocksOf(chains), (lines) => `*filter\n${lines.join('\n')}\nCOMMIT\n`)
  return timePerOperation(1, async () => {
    await runCommand('iptables-nft-restore', ['--noflush'], { input: blocks.join('') })
  })
}

function dumpOf(chains: readonly BenchChain[]): string {
  const declared = chains.map(({ name }) => `:${name} - [0:0]\n`).join('')
  const rules = chains.flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${rule}\n`)).join('')
  return `*filter\n${declared}${rules}COMMIT\n`
}

/** The same with some rules missing, some more, and some moved. */
function varied(chains: readonly BenchChain[]): readonly BenchChain[] {
  let left = DIFFERENT
  return chains.map(({ name, rules }, index) => {
    const changed = [...rules]
    const share = Math.ceil(left / (chains.length - index))
    for (let number = 0; number < share && changed.length > 1; number++) {
      const place = Math.floor(((number + 1) * changed.length) / (share + 2))
      const [taken = ''] = changed.splice(place, 1)
      if (left % 3 === 0) changed.splice(place, 0, taken.replace('10.', '11.'))
      else if (left % 3 === 1) changed.push(taken)
      left--
    }
    return { name, rules: changed }
  })
}
