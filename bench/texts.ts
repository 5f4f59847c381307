import { parseSave, renderSave, type Table } from 'chainmail'
import { runCommand } from '../testing/command.ts'
import { compare, type Effort, type Measurement, timePerOperation } from './harness.ts'
import { bytesOf } from './memory.ts'
import { chainsOf, loadChains, RULES_PER_COMMIT, ruleOf } from './ruleset.ts'

const context = { family: 'ipv4' } as const

/** A dump of many rules, read and written, against what iptables-save needs to print it. */
export async function measureTexts({ rounds, operations }: Effort): Promise<Measurement[]> {
  const amount = operations(50_000)
  await loadChains(chainsOf(amount, RULES_PER_COMMIT))
  try {
    return await compareTexts(rounds, amount)
  } finally {
    await runCommand('iptables-nft', ['-F'])
    await runCommand('iptables-nft', ['-X'])
  }
}

async function compareTexts(rounds: number, amount: number): Promise<Measurement[]> {
  const save = async (): Promise<string> => {
    const { stdout } = await runCommand('iptables-nft-save', ['-t', 'filter'])
    return stdout
  }
  const text = await save()
  let tables: readonly Table[] = parseSave(text, context)
  const beside = {
    name: 'iptables-nft-save',
    round: () =>
      timePerOperation(1, async () => {
        await save()
      }),
  }
  const reading = await compare(
    {
      what: `reading a dump of ${amount} rules`,
      unit: 'time',
      bar: 2,
      ours: {
        name: 'parseSave()',
        round: () =>
          timePerOperation(1, async () => {
            tables = parseSave(text, context)
          }),
      },
      beside,
    },
    rounds,
  )
  const writing = await compare(
    {
      what: `writing a dump of ${amount} rules`,
      unit: 'time',
      bar: 4,
      ours: {
        name: 'renderSave()',
        round: () =>
          timePerOperation(1, async () => {
            renderSave(tables, context)
          }),
      },
      beside,
    },
    rounds,
  )
  const few = dumpOf(amount / 10)
  const many = dumpOf(amount * 10)
  const growth = await compare(
    {
      what: `each rule, read among ${amount * 10}`,
      unit: 'time',
      ours: { name: `parseSave() of ${amount * 10} rules`, round: () => timeReading(many, amount * 10) },
      beside: { name: `the same among ${amount / 10}`, round: () => timeReading(few, amount / 10) },
    },
    Math.min(rounds, 5),
  )
  const bytes = bytesOf(() => parseSave(text, context))
  process.stderr.write(`a rule takes ${Math.round(bytes / amount)} bytes of memory as data\n`)
  return [reading, writing, growth]
}

async function timeReading(text: string, rules: number): Promise<number> {
  return timePerOperation(rules, async () => {
    parseSave(text, context)
  })
}

function dumpOf(amount: number): string {
  const rules = Array.from({ length: amount }, (_, index) => `-A INPUT ${ruleOf(index)}\n`)
  return `*filter\n:INPUT ACCEPT [0:0]\n${rules.join('')}COMMIT\n`
}
