import type { ManyOutcome } from '../access/access.ts'
import type { Answer, Input, Session } from '../command.ts'
import { printable } from '../terminal/text.ts'
import { BrokenLines, brokenOff, counted, listOptionsOf, tellingMore } from './list-input.ts'

/** What is done to each address of a list. */
export interface Many {
  /** What is being done: `banning`. */
  readonly doing: string
  /** What was done: `banned`. */
  readonly done: string
  readonly change: (addresses: AsyncIterable<string>) => AsyncIterable<ManyOutcome>
}

interface RefusedAddress {
  readonly line: number
  readonly address: string
  readonly code: string
  readonly message: string
}

/** How many refused addresses are told of one by one. */
const TOLD = 20

/**
 * Does the same to every address, network and range of a list from standard input. One that is refused does not stop
 * the others.
 *
 * @throws Refusal for a broken line, unless broken lines are skipped; what stood before it is done
 */
export async function changeMany(input: Input, session: Session, many: Many): Promise<Answer> {
  const { readList } = await import('chainmail/lists')
  const broken = new BrokenLines()
  const options = listOptionsOf(input, broken)
  const progress = session.progress({ label: many.doing, noun: 'addresses' })
  const refused: RefusedAddress[] = []
  /** Those that were taken from the list, and of which nothing has been heard yet. */
  const waiting: { readonly line: number; readonly address: string }[] = []
  let failure: unknown
  async function* addresses(): AsyncGenerator<string, void> {
    try {
      for await (const { line, element } of readList(counted(session.stream(), progress), options)) {
        waiting.push({ line, address: element })
        yield element
      }
    } catch (error) {
      failure = error
    }
  }
  let done = 0
  let refusals = 0
  try {
    for await (const { error } of many.change(addresses())) {
      const about = waiting.shift()
      progress.items(1)
      if (error === undefined) done++
      else if (++refusals <= TOLD && about !== undefined) refused.push({ ...about, ...error })
    }
  } finally {
    progress.end()
  }
  if (failure !== undefined) throw tellingMore(brokenOff(failure), `${done} were ${many.done} before.`)
  return {
    document: {
      [many.done]: done,
      refused: refusals,
      refusedAddresses: refused,
      broken: broken.count,
      brokenLines: broken.first,
    },
    ends: refusals === 0 ? 'done' : 'refused',
    lines: () => [
      `${done === 1 ? '1 address or network is' : `${done} addresses and networks are`} ${many.done}.`,
      ...broken.lines('left out'),
      ...(refusals === 0 ? [] : [`${refusals === 1 ? '1 was' : `${refusals} were`} refused:`]),
      ...refused.map(({ line, message }) => printable(`  line ${line}: ${message}`)),
      ...(refusals > refused.length ? [`  and ${refusals - refused.length} more`] : []),
    ],
  }
}
