import { type EntryCheck, entryCheck, Pace } from '@chainmail/kernel'
import { ChainmailError } from '../errors.ts'
import { csvReader } from './formats/csv.ts'
import { ipsetReader } from './formats/ipset-save.ts'
import { jsonReader } from './formats/json-lines.ts'
import { plainReader } from './formats/plain.ts'
import { guessFormat, isBlankOrComment } from './guess-format.ts'
import { faultOf, LineFault } from './line-fault.ts'
import type { LineEntry, LineReader } from './line-reader.ts'
import { NO_OPTIONS } from './line-reader.ts'
import { lineBlocks } from './lines.ts'
import type { ListEntry, ListOptions, ListSource } from './list.ts'

/** Lines between two looks at the clock. */
const STEPS = 128

/**
 * The entries of a list, one after another as they arrive, each checked against the type of set that it is for. The
 * list is never held as a whole, and the event loop never for more than some milliseconds, the work of whoever takes
 * the entries included.
 *
 * Duplicates come as often as they stand there.
 *
 * @throws ChainmailError with the number of the line in `line`: `bad-syntax`, and what the entry's check says, such as
 *   `bad-element`, unless broken lines are skipped; always `bad-syntax`, without a line, for what is no list of text at all
 * @throws KernelError `set-type-unsupported`
 */
export async function* readList(
  source: ListSource,
  options: ListOptions = {},
): AsyncGenerator<ListEntry, void> {
  const type = options.type ?? 'hash:net'
  const check = entryCheck(type, options.family)
  const pace = new Pace()
  const broken = brokenLines(options)
  let reader: LineReader | undefined
  for await (const { first, lines } of lineBlocks(source)) {
    let number = first - 1
    for (const text of lines) {
      number++
      if (number % STEPS === 0) await pace.step()
      if (text instanceof LineFault) {
        broken(number, text)
        continue
      }
      if (reader === undefined) {
        if (isBlankOrComment(text)) continue
        reader = readerFor(text, type, check, options)
      }
      const found = reader.read(text, number)
      if (found === undefined) continue
      const fault = found instanceof LineFault ? found : faultIn(found, check)
      if (fault !== undefined) broken(number, fault)
      else if (!(found instanceof LineFault))
        yield { line: found.line ?? number, element: found.element, options: found.options }
    }
  }
  const left = reader?.end?.()
  if (left !== undefined) broken(left.line, left.fault)
}

function readerFor(text: string, type: string, check: EntryCheck, options: ListOptions): LineReader {
  const { column } = options
  const dimensions = type.split(',').length
  const isElement = (element: string): boolean =>
    faultIn({ element, options: NO_OPTIONS }, check) === undefined
  const format = options.format ?? guessFormat(text, dimensions, isElement)
  const name = column === undefined ? undefined : String(column)
  if (format === 'csv') return csvReader(column, isElement)
  if (format === 'json') return jsonReader(name)
  if (format === 'ipset') return ipsetReader(name)
  return plainReader(/^[a-z]+:(?:ip|net)$/u.test(type))
}

function faultIn({ element, options }: LineEntry, check: EntryCheck): LineFault | undefined {
  try {
    check(options === NO_OPTIONS ? element : { ...options, element })
    return undefined
  } catch (error) {
    return faultOf(error)
  }
}

function brokenLines({ onBroken, reportBroken }: ListOptions): (line: number, fault: LineFault) => void {
  if (onBroken === 'skip') return (line, { code, message }) => reportBroken?.({ line, code, message })
  return (line, { code, message }) => {
    throw new ChainmailError(code, `line ${line}: ${message}`, { line })
  }
}
