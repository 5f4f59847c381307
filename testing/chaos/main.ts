import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChaosResult, type ChaosSoFar, chaos } from './run.ts'

const usage = 'usage: npm run chaos -- [KILLS [SEED]]\n'

const BANS = 100_000
const RULES = 5_000
/** Milliseconds that a restart may take. */
const RESTART_LIMIT = 2_000
/** Kills of which one line tells. */
const TOLD_EVERY = 10
/** Faults that are printed. */
const SHOWN = 20

const [kills = 500, seed = Date.now() % 1_000_000, ...more] = process.argv.slice(2).map(Number)
if (!Number.isSafeInteger(kills) || !Number.isSafeInteger(seed) || kills < 1 || more.length > 0) {
  process.stderr.write(usage)
  process.exitCode = 2
} else {
  process.exitCode = (await run(kills, seed)) ? 0 : 1
}

/** @returns whether everything was as it has to be */
async function run(kills: number, seed: number): Promise<boolean> {
  say(`${kills} kills, seed ${seed}; ${BANS} bans and ${RULES} rules are made first`)
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-chaos-'))
  let told = 0
  const onKill = (soFar: ChaosSoFar): void => {
    if (soFar.kills < told + TOLD_EVERY && soFar.kills < kills) return
    told = soFar.kills
    say(progressText(soFar))
  }
  try {
    const result = await chaos({ kills, seed, bans: BANS, rules: RULES, folder, onKill })
    return tell(result, seed)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function tell(result: ChaosResult, seed: number): boolean {
  const { faults, restarts, kills, early } = result
  const slow = restarts.filter((time) => time > RESTART_LIMIT).length
  for (const fault of faults.slice(0, SHOWN)) say(fault)
  if (faults.length > SHOWN) say(`… and ${faults.length - SHOWN} more`)
  if (faults.length > 0) {
    say(`failed after kill ${kills}: npm run chaos -- ${kills} ${seed} makes the same requests and moments`)
    return false
  }
  const fault = slow === 0 ? 'none' : `${slow} of ${restarts.length}`
  say(
    `passed: everything acknowledged was there after each of ${kills} kills (${early} before the daemon listened), nothing by halves, the store whole; ${fault} of the restarts took more than ${RESTART_LIMIT / 1000} s`,
  )
  return slow === 0
}

function progressText({ kills, acknowledged, made, notMade, restarts }: ChaosSoFar): string {
  const sorted = restarts.toSorted((one, other) => one - other)
  const [median = 0, longest = 0] = [sorted[sorted.length >> 1], sorted.at(-1)]
  return `${kills} kills: ${acknowledged} changes acknowledged; ${made + notMade} under way, ${made} of them made; restart ${seconds(median)} s, at most ${seconds(longest)} s`
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
