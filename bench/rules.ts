import { type Backend, type ChainHandle, openFirewall } from 'chainmail'
import { runCommand } from '../testing/command.ts'
import { Addresses } from './addresses.ts'
import { compare, type Effort, type Measurement, timePerOperation } from './harness.ts'
import { timeSpawns } from './shell.ts'

const CHAIN = 'bench'
/** Rules that are inserted at the same time. */
const TOGETHER = 100

/** Rules through the library against iptables' own commands. Each round begins with an empty chain. */
export async function measureRules(effort: Effort): Promise<Measurement[]> {
  return [...(await measureBackend('nft', effort)), ...(await measureBackend('legacy', effort))]
}

async function measureBackend(backend: Backend, { rounds, operations }: Effort): Promise<Measurement[]> {
  await using firewall = await openFirewall({ backend })
  const chain = firewall.chain(CHAIN)
  await chain.create()
  const addresses = new Addresses()
  const inserts = operations(60)
  const command = `iptables-${backend} -w -I`
  const spawned = {
    name: command,
    round: () =>
      onEmptyChain(chain, () =>
        timeSpawns(`${command} ${CHAIN} -s "$word" -j DROP`, addresses.take(inserts)),
      ),
  }
  const together = {
    name: `${TOGETHER} × await chain.insert() at once`,
    round: () =>
      onEmptyChain(chain, () => {
        const sources = addresses.take(TOGETHER)
        return timePerOperation(TOGETHER, async () => {
          await Promise.all(sources.map((source) => chain.insert({ source, target: 'DROP' })))
        })
      }),
  }
  const one = await compare(
    {
      what: `a rule through the library, ${backend}`,
      unit: 'time',
      ...(backend === 'nft' ? { bar: 5 } : {}),
      ours: {
        name: 'await chain.insert()',
        round: () =>
          onEmptyChain(chain, () => {
            const sources = addresses.take(inserts)
            return timePerOperation(inserts, async () => {
              for (const source of sources) await chain.insert({ source, target: 'DROP' })
            })
          }),
      },
      beside: spawned,
    },
    rounds,
  )
  const many = await compare(
    { what: `each of ${TOGETHER} at once, ${backend}`, unit: 'time', ours: together, beside: spawned },
    rounds,
  )
  const batch = await compare(
    {
      what: `each of ${TOGETHER} at once, ${backend}`,
      unit: 'time',
      ours: together,
      beside: {
        name: `iptables-${backend}-restore of ${TOGETHER}`,
        round: () => onEmptyChain(chain, () => timeRestore(backend, addresses.take(TOGETHER))),
      },
    },
    rounds,
  )
  await chain.flush()
  await chain.remove()
  return [one, many, batch]
}

async function onEmptyChain(chain: ChainHandle, round: () => Promise<number>): Promise<number> {
  await chain.flush()
  return round()
}

/** One program for all rules, for who has them all at hand. */
async function timeRestore(backend: Backend, sources: readonly string[]): Promise<number> {
  const rules = sources.map((source) => `-I ${CHAIN} -s ${source} -j DROP`)
  const input = `*filter\n${rules.join('\n')}\nCOMMIT\n`
  return timePerOperation(sources.length, async () => {
    await runCommand(`iptables-${backend}-restore`, ['-w', '--noflush'], { input })
  })
}
