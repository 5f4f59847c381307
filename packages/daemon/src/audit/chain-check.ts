import type { Ends } from './ends.ts'
import { hashOf, readLink } from './record.ts'

/** What is wrong with the records from one number to another. */
export interface Finding {
  readonly kind: 'changed' | 'removed' | 'reordered' | 'inserted' | 'cut-off' | 'unnoted' | 'head-not-found'
  readonly from: number
  readonly to: number
  /** In a sentence. */
  readonly detail: string
}

/** Findings that are told; there are no more of them than lines, and the first ones tell enough. */
const MOST = 1_000

/** What is said of one record, and of several. */
type Words = readonly [one: string, several: string]

const words = {
  changed: ['was changed', 'were changed, at least one of them'],
  spoilt: ['was changed, and is no record any more', 'were changed, and are no records any more'],
  removed: ['was removed', 'were removed'],
  moved: ['was moved from its place', 'were moved from their places'],
  twice: ['was inserted: there is another one of its number', 'were inserted'],
  cutOff: ['was cut off at the end', 'were cut off at the end'],
  missing: [
    'was cut off, or lost with the power: it was missing when the daemon was started',
    'were cut off, or lost with the power: they were missing when the daemon was started',
  ],
  unnoted: [
    'stood behind the noted end when the daemon was started: it was put there, or the daemon was killed in the very moment of writing it',
    'stood behind the noted end when the daemon was started: they were put there, or the daemon was killed in the very moment of writing them',
  ],
  endless: [
    'cannot be held against the noted end, whose file is missing',
    'cannot be held against the noted end, whose file is missing',
  ],
} as const satisfies Record<string, Words>

/** Whether a chain of records is whole. It is handed line after line, and keeps none. */
export class ChainCheck {
  readonly #ends: Ends | undefined
  readonly #wanted: string | undefined
  readonly #findings: Finding[] = []
  /** Numbers that were left out, in stretches. */
  readonly #left: { from: number; to: number }[] = []
  #expected: number | undefined
  /** Of the record before the one that is expected; more than one where its number came more than once. */
  #tops: string[] = []
  /** Records in a row that the next one does not vouch for. */
  #broken: { from: number; to: number } | undefined
  #unreadable = 0
  #records = 0
  #hasWanted = false
  #atHead: string | undefined

  /**
   * @param ends as they were noted
   * @param wanted a hash that one of the records has to have
   */
  constructor(ends: Ends | undefined, wanted?: string) {
    this.#ends = ends
    this.#wanted = wanted
    this.#expected = ends?.first.number
    if (ends !== undefined) this.#tops = [ends.first.previous]
  }

  /** How many records there were. */
  get records(): number {
    return this.#records
  }

  /** Takes the next line, without its end. */
  add(bytes: Uint8Array): void {
    const link = readLink(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
    if (link === undefined) {
      this.#unreadable++
      return
    }
    const hash = hashOf(bytes)
    this.#records++
    if (hash === this.#wanted) this.#hasWanted = true
    if (link.number === this.#ends?.last.number) this.#atHead = hash
    this.#expected ??= link.number
    if (link.number < this.#expected) {
      this.#tellEarly(link.number, hash)
      return
    }
    if (link.number === this.#expected) this.#follow(link.number, link.previous)
    else this.#skip(this.#expected, link.number - 1, link.kind === 'missing')
    this.#tellUnreadable()
    if (link.kind === 'unnoted') this.#tellUnnoted(link.members)
    this.#expected = link.number + 1
    this.#tops = [hash]
  }

  /** Ends the check. @returns what was found, in the order of the numbers */
  end(): readonly Finding[] {
    const last = this.#ends?.last
    if (last !== undefined && this.#atHead !== undefined && this.#atHead !== last.hash)
      this.#break(last.number)
    this.#endBreak()
    const next = this.#expected ?? 1
    if (last !== undefined && next <= last.number) {
      this.#unreadable = 0
      this.#tell('cut-off', next, last.number, words.cutOff)
    }
    this.#tellUnreadable()
    for (const { from, to } of this.#left) this.#tell('removed', from, to, words.removed)
    if (this.#ends === undefined && this.#records > 0) this.#tell('unnoted', 1, next - 1, words.endless)
    if (this.#wanted !== undefined && !this.#hasWanted)
      this.#tellSentence({
        kind: 'head-not-found',
        from: next,
        to: next,
        detail: `No record has the hash ${this.#wanted}: records were cut off, or all of them were written anew.`,
      })
    return this.#findings.toSorted((one, other) => one.from - other.from)
  }

  #follow(number: number, previous: string): void {
    if (this.#tops.includes(previous)) this.#endBreak()
    else this.#break(number - 1)
  }

  /** The record of this number is not what the next one, or the noted end, says that it was. */
  #break(number: number): void {
    if (this.#broken?.to === number - 1) this.#broken.to = number
    else {
      this.#endBreak()
      this.#broken = { from: number, to: number }
    }
  }

  #endBreak(): void {
    if (this.#broken === undefined) return
    const first = this.#ends?.first.number ?? 1
    const { from, to } = this.#broken
    this.#broken = undefined
    // What stands before the first record is only noted: the record itself says otherwise.
    const begin = Math.max(from, first)
    this.#tell('changed', begin, Math.max(to, begin), words.changed)
  }

  #skip(from: number, to: number, isTold: boolean): void {
    this.#endBreak()
    if (isTold) this.#tell('cut-off', from, to, words.missing)
    else if (this.#unreadable === to - from + 1) {
      this.#unreadable = 0
      this.#tell('changed', from, to, words.spoilt)
    } else this.#left.push({ from, to })
  }

  #tellEarly(number: number, hash: string): void {
    const place = this.#left.findIndex(({ from, to }) => from <= number && number <= to)
    const stretch = this.#left[place]
    if (stretch === undefined) {
      if (number + 1 === this.#expected) this.#tops.push(hash)
      this.#tell('inserted', number, number, words.twice)
      return
    }
    const { from, to } = stretch
    const rest = [
      { from, to: number - 1 },
      { from: number + 1, to },
    ].filter((one) => one.from <= one.to)
    this.#left.splice(place, 1, ...rest)
    this.#tell('reordered', number, number, words.moved)
  }

  #tellUnreadable(): void {
    if (this.#unreadable === 0) return
    const number = this.#expected ?? 1
    const many = this.#unreadable
    this.#unreadable = 0
    this.#tellSentence({
      kind: 'inserted',
      from: number,
      to: number,
      detail: `Before record ${number} ${many === 1 ? 'a line was inserted that is no record' : `${many} lines were inserted that are no records`}.`,
    })
  }

  #tellUnnoted({ from, to }: Readonly<Record<string, unknown>>): void {
    if (typeof from !== 'number' || typeof to !== 'number') return
    this.#tell('unnoted', from, to, words.unnoted)
  }

  #tell(kind: Finding['kind'], from: number, to: number, words: Words): void {
    const detail = from === to ? `Record ${from} ${words[0]}.` : `Records ${from} to ${to} ${words[1]}.`
    this.#tellSentence({ kind, from, to, detail })
  }

  #tellSentence(finding: Finding): void {
    if (this.#findings.length < MOST) this.#findings.push(finding)
  }
}
