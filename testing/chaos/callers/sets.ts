import { setName } from '../names.ts'
import type { Caller } from './caller.ts'

/** The most entries of the set. */
const ENTRIES = 300

/** Replaces the whole content of a set of its own, which is there. */
export function sets(set: string): Caller {
  return async ({ client, model, random }) => {
    const first = random.below(2 ** 16)
    const elements = Array.from({ length: 1 + random.below(ENTRIES) }, (_, index) => {
      const number = (first + index) % 2 ** 16
      return `17.0.${number >> 8}.${number & 255}`
    })
    const step = model.begin(new Map([[setName(set), { text: elements.toSorted().join('\n') }]]))
    const lines = elements.map((element) => JSON.stringify(element))
    await Array.fromAsync(client.stream('PUT', `/v1/sets/${set}/entries`, lines))
    step.made()
  }
}
