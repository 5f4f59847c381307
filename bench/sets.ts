import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Firewall, openFirewall, type SetHandle } from 'chainmail'
import { runCommand } from '../testing/command.ts'
import { Addresses } from './addresses.ts'
import { compare, type Effort, type Measurement, timePerOperation } from './harness.ts'
import { addressText, randomAddresses } from './random-addresses.ts'
import { timeSpawns } from './shell.ts'

const NAME = 'bench'
const ASIDE = 'bench-aside'
/** Of the entries that a replace brings, how many are new. */
const NEW_PART = 0.01
/** A million entries take a restore seconds, so a few rounds have to do. */
const MOST_ROUNDS = 3

/** Sets through the library against ipset's own commands. */
export async function measureSets(effort: Effort): Promise<Measurement[]> {
  await using firewall = await openFirewall()
  const folder = await mkdtemp(join(tmpdir(), 'chainmail-bench-'))
  try {
    return [await measureOne(firewall, effort), ...(await measureMany(firewall, effort, folder))]
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measureOne(firewall: Firewall, { operations, rounds }: Effort): Promise<Measurement> {
  const set = await firewall.set(NAME, { type: 'hash:ip' })
  const addresses = new Addresses()
  const adds = operations(2_000)
  const spawns = operations(60)
  const measured = await compare(
    {
      what: 'an entry through the library',
      unit: 'time',
      bar: 80,
      ours: {
        name: 'await set.add()',
        round() {
          const added = addresses.take(adds)
          return timePerOperation(adds, async () => {
            for (const address of added) await set.add(address)
          })
        },
      },
      beside: {
        name: 'ipset add',
        round: () => timeSpawns(`ipset add ${NAME} "$word"`, addresses.take(spawns)),
      },
    },
    rounds,
  )
  await set.destroy()
  return measured
}

async function measureMany(firewall: Firewall, effort: Effort, folder: string): Promise<Measurement[]> {
  const count = effort.operations(1_000_000)
  const rounds = Math.min(effort.rounds, MOST_ROUNDS)
  const fresh = Math.ceil(count * NEW_PART)
  const values = randomAddresses(count + fresh)
  const before = Array.from(values.subarray(0, count), addressText)
  const after = Array.from(values.subarray(fresh), addressText)
  const shown = count.toLocaleString('en-US')

  const restore = async (file: string): Promise<number> => {
    const taken = await timePerOperation(1, async () => {
      await runCommand('ipset', ['restore', '-file', file])
    })
    await runCommand('ipset', ['destroy', NAME])
    return taken
  }
  const loading = { name: 'set.addMany(array)', round: () => loadAnew(firewall, before) }
  const { plain, sized, swapped } = await writeFiles(folder, before, after)

  const measured = [
    await compare(
      {
        what: `${shown} entries into a fresh set`,
        unit: 'time',
        bar: 4,
        ours: loading,
        beside: { name: 'ipset restore', round: () => restore(plain) },
      },
      rounds,
    ),
    await compare(
      {
        what: `${shown} entries into a fresh set`,
        unit: 'time',
        bar: 3.33,
        ours: loading,
        beside: { name: 'ipset restore, hash sized', round: () => restore(sized) },
      },
      rounds,
    ),
  ]

  const set = await firewall.set(NAME, { type: 'hash:ip' })
  const replace = replacing(set, before, after)
  measured.push(
    await compare(
      {
        what: `${shown} entries replaced, 1 % of them new`,
        unit: 'time',
        bar: 1,
        ours: { name: 'set.replace(array)', round: replace },
        beside: {
          name: 'ipset restore, swap',
          round: async () => {
            await set.replace(before)
            return timePerOperation(1, async () => {
              await runCommand('ipset', ['restore', '-file', swapped])
            })
          },
        },
      },
      rounds,
    ),
    await compare(
      {
        what: `${shown} entries replaced, 1 % of them new`,
        unit: 'time',
        ours: { name: 'set.replace(array)', round: replace },
        beside: loading,
      },
      rounds,
    ),
  )
  before.length = 0
  after.length = 0
  measured.push(await measureReading(set, join(folder, 'saved'), shown, rounds))

  const program = join(import.meta.dirname, 'stream-replace.ts')
  const { stdout: strain } = await runCommand(process.execPath, [program, NAME, String(count)])
  process.stderr.write(`${shown} entries replaced from a stream: ${strain}`)
  await set.destroy()
  return measured
}

/** The same entries for `ipset restore`: into a fresh set, into one whose hash is sized, and in the place of others. */
async function writeFiles(
  folder: string,
  before: readonly string[],
  after: readonly string[],
): Promise<{ plain: string; sized: string; swapped: string }> {
  const files = {
    plain: join(folder, 'plain'),
    sized: join(folder, 'sized'),
    swapped: join(folder, 'swapped'),
  }
  const maxelem = before.length
  const lines = before.map((address) => `add ${NAME} ${address}\n`).join('')
  await writeFile(files.plain, `create ${NAME} hash:ip maxelem ${maxelem}\n${lines}`)
  await writeFile(files.sized, `create ${NAME} hash:ip hashsize ${maxelem} maxelem ${maxelem}\n${lines}`)
  const asideLines = after.map((address) => `add ${ASIDE} ${address}\n`).join('')
  await writeFile(
    files.swapped,
    `create ${ASIDE} hash:ip maxelem ${maxelem}\n${asideLines}swap ${NAME} ${ASIDE}\ndestroy ${ASIDE}\n`,
  )
  return files
}

/** Each round brings what the round before has taken away. */
function replacing(
  set: SetHandle,
  before: readonly string[],
  after: readonly string[],
): () => Promise<number> {
  return async () => {
    await set.replace(before)
    return timePerOperation(1, async () => {
      await set.replace(after)
    })
  }
}

/** Milliseconds to make a set and to load it. */
async function loadAnew(firewall: Firewall, entries: readonly string[]): Promise<number> {
  const name = `${NAME}-load`
  const taken = await timePerOperation(1, async () => {
    const set = await firewall.set(name, { type: 'hash:ip' })
    await set.addMany(entries)
  })
  await runCommand('ipset', ['destroy', name])
  return taken
}

function measureReading(set: SetHandle, file: string, shown: string, rounds: number): Promise<Measurement> {
  return compare(
    {
      what: `${shown} entries read back as objects`,
      unit: 'time',
      bar: 1.25,
      ours: {
        name: 'set.entries()',
        round: () =>
          timePerOperation(1, async () => {
            await set.entries()
          }),
      },
      beside: {
        name: 'ipset save',
        round: () =>
          timePerOperation(1, async () => {
            await runCommand('sh', ['-c', 'exec ipset save "$1" > "$2"', 'sh', set.name, file])
          }),
      },
    },
    rounds,
  )
}
