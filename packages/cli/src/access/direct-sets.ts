import type { Firewall, SetDescription, SetHandle } from 'chainmail'
import { told, toldEach } from './direct-told.ts'
import { type BulkOutcome, EXAMPLES, type RefusedEntry, type SetFacts, type SetsAccess } from './sets.ts'

/** The sets of this network namespace, by the library alone. */
export function directSets(firewall: Firewall): SetsAccess {
  const change = (name: string, work: (set: SetHandle) => Promise<void>): Promise<void> =>
    told(async () => work(await firewall.set(name)))
  return {
    list: () =>
      told(async () => {
        const sets = (await firewall.sets()).map(factsOf)
        return { document: { sets }, value: sets }
      }),
    describe: (name) =>
      told(async () => {
        const facts = factsOf(await (await firewall.set(name)).description())
        return { document: facts, value: facts }
      }),
    entries: (name) =>
      toldEach(async function* () {
        for await (const entries of (await firewall.set(name)).entryBatches()) yield* entries
      }),
    create: (name, type, options) =>
      told(async () => {
        await firewall.transaction((transaction) => transaction.createSet(name, { ...options, type }))
      }),
    destroy: (name) => change(name, (set) => set.destroy()),
    flush: (name) => change(name, (set) => set.flush()),
    swap: (name, other) => change(name, async (set) => set.swap(await firewall.set(other))),
    rename: (name, newName) => change(name, (set) => set.rename(newName)),
    add: (name, entries, size) =>
      told(async () => {
        const set = await firewall.set(name)
        return outcomeOf((onRefused) => set.addMany(entries, { ...size, onRefused }))
      }),
    delete: (name, entries) =>
      told(async () => {
        const set = await firewall.set(name)
        return outcomeOf((onRefused) => set.deleteMany(entries, { onRefused }))
      }),
    replace: (name, entries, size) => told(async () => (await firewall.set(name)).replace(entries, size)),
    test: (name, element) => told(async () => (await firewall.set(name)).has(element)),
  }
}

async function outcomeOf(
  send: (onRefused: (entry: RefusedEntry) => void) => Promise<{ readonly accepted: number }>,
): Promise<BulkOutcome> {
  const examples: RefusedEntry[] = []
  let refused = 0
  const { accepted } = await send(({ index, code, message }) => {
    refused++
    if (examples.length < EXAMPLES) examples.push({ index, code, message })
  })
  return { accepted, refused, examples }
}

function factsOf({ name, type, options, entries, references, memory }: SetDescription): SetFacts {
  return { name, type, options: { ...options }, entries, references, memory }
}
