import { readdirSync, readFileSync } from 'node:fs'
import type { Family } from '@chainmail/kernel'

export const backends = ['nft', 'legacy'] as const
export type Backend = (typeof backends)[number]

/** One line of a `.golden` file: what iptables-save prints for an input, or that iptables refuses it. */
export interface GoldenCase {
  readonly family: Family
  readonly table: string
  readonly chain: string
  readonly input: string
  /** Absent where the model refuses the input. */
  readonly saved?: string
  /** What chainmail writes: what iptables-save prints, or the input where iptables does not read that again. */
  readonly written?: string
  /** The model refuses what some version or backend of iptables takes by mistake. */
  readonly strict: boolean
  /** The backends on whose kernel part the case is tried; none if only on the model. */
  readonly backends: readonly Backend[]
  /** iptables takes or prints it so from this version on, or before this version. */
  readonly since?: string
  readonly before?: string
  /** `file:line` */
  readonly place: string
}

export interface GoldenFile {
  readonly name: string
  /** Sets that the rules refer to. */
  readonly sets: readonly { readonly family: Family; readonly name: string; readonly type: string }[]
  readonly cases: readonly GoldenCase[]
}

/**
 * Reads a golden file. Its lines are `input;what iptables-save prints, or =;OK`, or `input;;FAIL`, or
 * `input;;STRICT` for what only chainmail refuses, below the directives `family ipv4 ipv6`, `chain TABLE CHAIN` and
 * `set FAMILY NAME TYPE`. `input;what iptables-save prints;UNREADABLE` is for what iptables does not read again.
 * Up to the next `family`, `only nft` and `only legacy` keep cases from the other backend, and `without kernel`
 * from both; `since VERSION` and `before VERSION` name cases of some versions of iptables.
 */
export function readGolden(folder: URL, file: string): GoldenFile {
  const sets: GoldenFile['sets'][number][] = []
  const cases: GoldenCase[] = []
  let families: Family[] = []
  let table = ''
  let chain = ''
  let tried: readonly Backend[] = backends
  let versions: Pick<GoldenCase, 'since' | 'before'> = {}
  readFileSync(new URL(file, folder), 'utf8')
    .split('\n')
    .forEach((line, index) => {
      const place = `${file}:${index + 1}`
      const [directive, ...words] = line.split(' ')
      if (line === '' || line.startsWith('#')) return
      if (directive === 'family') {
        families = words.map((word) => familyOf(word, place))
        tried = backends
        versions = {}
      } else if (directive === 'since') versions = { since: words.join(' ') }
      else if (directive === 'before') versions = { before: words.join(' ') }
      else if (line === 'without kernel') tried = []
      else if (line === 'only nft') tried = ['nft']
      else if (line === 'only legacy') tried = ['legacy']
      else if (directive === 'chain') [table = '', chain = ''] = words
      else if (directive === 'set') {
        const [family = '', name = '', type = ''] = words
        sets.push({ family: familyOf(family, place), name, type })
      } else {
        const [, input = '', saved = '', verdict] = /^(.*);(.*);(OK|FAIL|STRICT|UNREADABLE)$/.exec(line) ?? []
        if (verdict === undefined) throw new Error(`${place}: not a case: ${line}`)
        for (const family of families) {
          const base = {
            family,
            table,
            chain,
            input,
            place,
            strict: verdict === 'STRICT',
            backends: tried,
            ...versions,
          }
          const printed = saved === '=' ? input : saved
          const written = verdict === 'UNREADABLE' ? input : printed
          cases.push(printed === '' && verdict !== 'OK' ? base : { ...base, saved: printed, written })
        }
      }
    })
  return { name: file.replace('.golden', ''), sets, cases }
}

function familyOf(word: string, place: string): Family {
  if (word === 'ipv4' || word === 'ipv6') return word
  throw new Error(`${place}: ${word} is not a family`)
}

/** Whether a version of iptables, such as `1.8.9`, takes and prints the case as written. */
export function isForVersion({ since, before }: GoldenCase, version: string): boolean {
  return (
    (since === undefined || !isOlder(version, since)) && (before === undefined || isOlder(version, before))
  )
}

function isOlder(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0
}

/** The golden files in a folder. */
export function goldenFiles(folder: URL): GoldenFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.golden'))
    .map((file) => readGolden(folder, file))
}
