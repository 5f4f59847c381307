import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FuzzResult, type FuzzSoFar, fuzz } from './run.ts'

const usage = 'usage: npm run fuzz -- [REQUESTS [SEED]]\n'

const RULES = 400
/** Requests of which one line tells. */
const TOLD_EVERY = 5_000
const MEBIBYTE = 1024 ** 2

const [requests = 100_000, seed = Date.now() % 1_000_000, ...more] = process.argv.slice(2).map(Number)
if (!Number.isSafeInteger(requests) || !Number.isSafeInteger(seed) || requests < 1 || more.length > 0) {
  process.stderr.write(usage)
  process.exitCode = 2
} else {
  process.exitCode = (await run(requests, seed)) ? 0 : 1
}

/** @returns whether everything was as it has to be */
async function run(requests: number, seed: number): Promise<boolean> {
  say(`${requests} requests made from the OpenAPI document, seed ${seed}`)
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-fuzz-'))
  const start = performance.now()
  let told = 0
  const onProgress = (soFar: FuzzSoFar): void => {
    if (soFar.requests < told + TOLD_EVERY) return
    told = soFar.requests
    say(progressText(soFar, performance.now() - start))
  }
  try {
    const result = await fuzz({ requests, seed, rules: RULES, folder, onProgress, onFault: say })
    return tell(result, seed, performance.now() - start)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function tell(result: FuzzResult, seed: number, milliseconds: number): boolean {
  const { faults, requests, operations } = result
  say(progressText(result, milliseconds))
  const never = [...operations].filter(([, [accepted]]) => accepted === 0).map(([id]) => id)
  if (never.length > 0) say(`never accepted: ${never.join(', ')}`)
  if (faults.length > 0) {
    say(`failed after ${requests} requests: npm run fuzz -- ${requests} ${seed} makes them again`)
    return false
  }
  say(
    'passed: no 5xx, every answer as the document says, no change without a record, no option that nobody named, the audit log whole',
  )
  return true
}

function progressText(
  { requests, statuses, revisions, rulesHeld, resident }: FuzzSoFar,
  milliseconds: number,
): string {
  const counts = [...statuses]
    .toSorted(([one], [other]) => one - other)
    .map(([status, count]) => `${count} ${status}`)
  const [least, most] = [Math.min(...resident), Math.max(...resident)].map((bytes) =>
    Math.round(bytes / MEBIBYTE),
  )
  const last = Math.round((resident.at(-1) ?? 0) / MEBIBYTE)
  return `${requests} requests, ${Math.round((requests / milliseconds) * 1000)} a second: ${counts.join(', ')}; ${revisions} revisions, ${rulesHeld} new rules of the kernel; RSS ${least} to ${most}, now ${last} MiB`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
