import { onKernel } from '../kernel.ts'
import { createSets } from './host.ts'
import type { Failure } from './load.ts'
import { lostByKernel, lostByTheModel, sampleRules } from './sample.ts'

const usage = 'usage: npm run fuzz:rules -- [AMOUNT [SEED]]\n'

/** Rules made at once; the next ones have the next seed. */
const ROUND = 600

const [amount = 20_000, seed = Date.now(), ...more] = process.argv.slice(2).map(Number)
if (!Number.isSafeInteger(amount) || !Number.isSafeInteger(seed) || amount < 1 || more.length > 0) {
  process.stderr.write(usage)
  process.exitCode = 2
} else {
  process.exitCode = run(amount, seed) === 0 ? 0 : 1
}

/** Tries so many rules of each family and prints what fails, with the seed that makes it again. */
function run(amount: number, seed: number): number {
  let passed = 0
  let failed = 0
  for (const family of ['ipv4', 'ipv6'] as const) {
    if (onKernel) createSets(family)
    for (let done = 0; done < amount; done += ROUND) {
      const roundSeed = seed + done / ROUND
      const rules = sampleRules({ family }, Math.min(ROUND, amount - done), roundSeed)
      const failures = [
        ...lostByTheModel(rules, { family }),
        ...(onKernel ? lostByKernel('nft', rules, family) : []),
        ...(onKernel ? lostByKernel('legacy', rules, family) : []),
      ]
      for (const failure of failures) tell(family, roundSeed, failure)
      failed += failures.length
      passed += rules.length - new Set(failures.map(({ text }) => text)).size
    }
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed
}

function tell(family: string, seed: number, { table, text, what }: Failure): void {
  process.stdout.write(`${family} ${table} (seed ${seed}): ${text}\n  ${what}\n`)
}
