import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { RestorePipe } from '@chainmail/kernel'
import { type ChainHandle, type Firewall, openFirewall } from 'chainmail'
import { Addresses } from './addresses.ts'
import { compare, type Effort, type Measurement, timePerOperation } from './harness.ts'
import { timeSpawns } from './shell.ts'

const CHAIN = 'bench'
const CALLERS = 1_000
/** Rules in the table while it is read. */
const RULES = 5_000
/** Rules in one commit: what fits without privileges over the whole machine. */
const TOGETHER = 500
/** A reader that has not finished after so many rounds' time is given up. */
const GIVEN_UP_ROUNDS = 5
/** Thousands of rules, each by a program of its own, take half a minute. */
const MOST_ROUNDS = 3

/** Many who write at once, and who reads beside them; on the nft backend, where readers begin anew. */
export async function measureContention(effort: Effort): Promise<Measurement[]> {
  await using firewall = await openFirewall({ backend: 'nft' })
  const chain = firewall.chain(CHAIN)
  await chain.create()
  const inserts = await measureInserts(chain, effort)
  const readers = await measureReaders(firewall, chain, effort)
  await chain.flush()
  await chain.remove()
  return [inserts, ...readers]
}

async function measureInserts(chain: ChainHandle, { rounds, operations }: Effort): Promise<Measurement> {
  const addresses = new Addresses()
  const count = operations(10_000)
  const shown = count.toLocaleString('en-US')
  return compare(
    {
      what: `each of ${shown} rules of ${CALLERS.toLocaleString('en-US')} callers at once`,
      unit: 'time',
      bar: 40,
      ours: {
        name: 'await chain.insert()',
        async round() {
          await chain.flush()
          const sources = addresses.take(count)
          return timePerOperation(count, async () => {
            await Promise.all(Array.from({ length: CALLERS }, () => insertAll(chain, sources)))
          })
        },
      },
      beside: {
        name: 'iptables-nft -w -I',
        async round() {
          await chain.flush()
          return timeSpawns(`iptables-nft -w -I ${CHAIN} -s "$word" -j DROP`, addresses.take(count))
        },
      },
    },
    Math.min(rounds, MOST_ROUNDS),
  )
}

/** One caller: takes one of what is left, and the next when that one is in the kernel. */
async function insertAll(chain: ChainHandle, sources: string[]): Promise<void> {
  for (let source = sources.pop(); source !== undefined; source = sources.pop())
    await chain.insert({ source, target: 'DROP' })
}

async function measureReaders(
  firewall: Firewall,
  chain: ChainHandle,
  { rounds, operations, duration }: Effort,
): Promise<Measurement[]> {
  const givenUp = GIVEN_UP_ROUNDS * duration
  const rules = Math.max(CALLERS, operations(RULES))
  await chain.flush()
  await fill(chain, rules)
  const shown = rules.toLocaleString('en-US')
  const times = Math.min(rounds, 2 * MOST_ROUNDS)
  const foreign = {
    name: 'iptables-nft-save beside our callers',
    round: () => besideCallers(chain, () => timeSave(givenUp)),
  }
  const ours = await compare(
    {
      what: `a reading of ${shown} rules beside ${CALLERS.toLocaleString('en-US')} callers that write`,
      unit: 'time',
      ours: {
        name: 'await firewall.tables()',
        round: () =>
          besideCallers(chain, () => timePerOperation(1, async () => void (await firewall.tables()))),
      },
      beside: foreign,
    },
    times,
  )
  const starved = await compare(
    {
      what: `iptables-nft-save of ${shown} rules beside a writer`,
      unit: 'time',
      ours: foreign,
      beside: {
        name: `commits without a gap, given up after ${givenUp / 1000} s`,
        round: () => besideSteadyCommits(givenUp),
      },
    },
    Math.min(rounds, 2),
  )
  return [ours, starved]
}

async function fill(chain: ChainHandle, rules: number): Promise<void> {
  const sources = new Addresses().take(rules)
  for (let at = 0; at < rules; at += TOGETHER)
    await Promise.all(
      sources.slice(at, at + TOGETHER).map((source) => chain.append({ source, target: 'DROP' })),
    )
}

/** Each caller replaces the rule at a place of its own, without a pause, until the reading is done. */
async function besideCallers(chain: ChainHandle, reading: () => Promise<number>): Promise<number> {
  let done = false
  const callers = Array.from({ length: CALLERS }, async (_, number) => {
    for (let turn = 0; !done; turn = (turn + 1) % 250) {
      const source = `100.${turn}.${number >> 8}.${number & 255}`
      await chain.replace(number + 1, { source, target: 'DROP' })
    }
  })
  // So that the reading begins in the midst of it.
  await chain.replace(1, { target: 'DROP' })
  const taken = await reading()
  done = true
  await Promise.all(callers)
  return taken
}

async function besideSteadyCommits(givenUp: number): Promise<number> {
  await using pipe = new RestorePipe({ family: 'ipv4', backend: 'nft' })
  let done = false
  const lines = ['-A OUTPUT -s 100.64.0.1', '-D OUTPUT -s 100.64.0.1']
  await pipe.commit({ table: 'filter', lines })
  const writer = (async () => {
    while (!done) await pipe.commit({ table: 'filter', lines })
  })()
  const taken = await timeSave(givenUp)
  done = true
  await writer
  return taken
}

/** Milliseconds; `givenUp` of them when it has not ended by then. */
async function timeSave(givenUp: number): Promise<number> {
  const began = performance.now()
  const save = spawn('iptables-nft-save', { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(save, 'close')
  const timer = setTimeout(() => save.kill('SIGKILL'), givenUp)
  await ended
  clearTimeout(timer)
  return Math.min(givenUp, performance.now() - began)
}
