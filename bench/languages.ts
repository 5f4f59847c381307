import { type Language, parseSave, readRuleset, renderRuleset, type Table } from 'chainmail/text'
import { runCommand } from '../testing/command.ts'
import { compare, type Effort, type Measurement, type Side, timePerOperation } from './harness.ts'
import { bytesOf } from './memory.ts'
import { chainsOf, RULES_PER_COMMIT } from './ruleset.ts'

const context = { family: 'ipv4' } as const

/** What is done with many rules: made ready outside of the time that is measured. */
type Preparation = (tables: readonly Table[], language: Language) => () => void

const preparations: Readonly<Record<'reading' | 'writing', Preparation>> = {
  reading: (tables, language) => {
    const text = renderRuleset(tables, language, 'ipv4')
    return () => readRuleset(text, language)
  },
  writing: (tables, language) => () => renderRuleset(tables, language, 'ipv4'),
}

/** JSON beside the reading of the same rules in a dump, XML beside iptables-xml; and how they grow. */
export async function measureLanguages({ rounds, operations }: Effort): Promise<Measurement[]> {
  const amount = operations(50_000)
  const dump = dumpOf(amount)
  const tables = parseSave(dump, context)
  const few = parseSave(dumpOf(amount / 10), context)
  const many = parseSave(dumpOf(amount * 10), context)
  const besides: ReadonlyMap<Language, Side> = new Map([
    ['json', side('parseSave()', 1, () => parseSave(dump, context))],
    ['xml', iptablesXml(dump)],
  ])
  const measurements: Measurement[] = []
  for (const [language, beside] of besides) {
    const text = renderRuleset(tables, language, 'ipv4')
    const bytes = bytesOf(() => readRuleset(text, language))
    process.stderr.write(`a rule read from ${language} takes ${Math.round(bytes / amount)} bytes of memory\n`)
    for (const [doing, prepare] of Object.entries(preparations)) {
      const what = `${doing} ${language}`
      const ours = side(what, 1, prepare(tables, language))
      measurements.push(
        await compare({ what: `${what} of ${amount} rules`, unit: 'time', ours, beside }, rounds),
        await compare(
          {
            what: `${what}, each of ${amount * 10} rules`,
            unit: 'time',
            ours: side(what, amount * 10, prepare(many, language)),
            beside: side(`the same of ${amount / 10}`, amount / 10, prepare(few, language)),
          },
          Math.min(rounds, 3),
        ),
      )
    }
  }
  return measurements
}

/** @param rules of which one's time is told */
function side(name: string, rules: number, work: () => void): Side {
  return { name, round: () => timePerOperation(rules, async () => work()) }
}

function iptablesXml(dump: string): Side {
  return {
    name: 'iptables-xml',
    round: () =>
      timePerOperation(1, async () => {
        await runCommand('iptables-xml', [], { input: dump })
      }),
  }
}

function dumpOf(amount: number): string {
  const chains = chainsOf(amount, RULES_PER_COMMIT)
  const declared = chains.map(({ name }) => `:${name} - [0:0]\n`)
  const rules = chains.flatMap((chain) => chain.rules.map((rule) => `-A ${chain.name} ${rule}\n`))
  return `*filter\n${declared.join('')}${rules.join('')}COMMIT\n`
}
