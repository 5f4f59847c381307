import { parseArgs } from 'node:util'
import { measureBans } from './bans.ts'
import { measureContention } from './contention.ts'
import { measureFootprint } from './footprint.ts'
import { type Effort, type Measurement, quickEffort, wholeEffort } from './harness.ts'
import { measureLanguages } from './languages.ts'
import { describeMachine, loadLine, machineLine } from './machine.ts'
import { measurePlan } from './plan.ts'
import { layoutOf, reportLines } from './report.ts'
import { measureRest } from './rest.ts'
import { measureRules } from './rules.ts'
import { measureSets } from './sets.ts'
import { measureTexts } from './texts.ts'

/** Each measures one topic; `npm run bench -- bans` measures that one alone. */
const topics: ReadonlyMap<string, (effort: Effort) => Promise<Measurement[]>> = new Map([
  ['bans', measureBans],
  ['rules', measureRules],
  ['rest', measureRest],
  ['texts', measureTexts],
  ['plan', measurePlan],
  ['sets', measureSets],
  ['languages', measureLanguages],
  ['contention', measureContention],
  ['footprint', measureFootprint],
])

const help = `npm run bench -- [--quick] [--json] [TOPIC…]

Compares chainmail with the tools beside it, in one run, in a private network namespace.

  --quick   two short rounds: whether everything works, not how fast
  --json    all figures as one JSON document; times are milliseconds for one operation, memory is bytes
  TOPIC     ${[...topics.keys()].join(', ')}; all of them unless told
`

try {
  await main()
} catch (error) {
  process.stderr.write(`chainmail: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  })
  if (values.help === true) {
    process.stdout.write(help)
    return
  }
  const chosen = (positionals.length === 0 ? [...topics.keys()] : positionals).map((name) => {
    const measure = topics.get(name)
    if (measure === undefined)
      throw new Error(`there is no topic ${name}; there are ${[...topics.keys()].join(', ')}`)
    return { name, measure }
  })

  const machine = await describeMachine()
  if (values.json !== true) process.stdout.write(`${machineLine(machine)}\n`)
  const busy = loadLine(machine)
  if (busy !== undefined) process.stderr.write(`${busy}\n`)
  const measurements: Measurement[] = []
  for (const { name, measure } of chosen) {
    process.stderr.write(`measuring ${name}\n`)
    measurements.push(...(await measure(values.quick === true ? quickEffort : wholeEffort)))
  }
  if (values.json === true) process.stdout.write(`${JSON.stringify({ machine, measurements }, null, 2)}\n`)
  else process.stdout.write(`\n${reportLines(measurements, layoutOf(process.stdout)).join('\n')}\n`)
}
