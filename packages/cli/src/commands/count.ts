import type { Input } from '../command.ts'
import { text } from '../option.ts'
import { wrongUsage } from '../refusal.ts'

const DEFAULT_COUNT = 20
const MOST = 1_000

export const countOption = text({
  name: 'count',
  short: 'n',
  placeholder: 'NUMBER',
  about: `how many of the latest are listed, at most ${MOST}`,
  otherwise: String(DEFAULT_COUNT),
})

/** @throws Refusal when what is given is no count */
export function countOf(input: Input): number {
  const words = input.value(countOption) ?? String(DEFAULT_COUNT)
  const count = /^[1-9]\d{0,3}$/.test(words) ? Number(words) : Number.NaN
  if (count <= MOST) return count
  throw wrongUsage(`--count is a number from 1 to ${MOST}.`)
}
