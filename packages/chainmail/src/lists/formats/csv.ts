import { quote } from '@chainmail/kernel'
import { isAddressName } from '../column-names.ts'
import { LineFault } from '../line-fault.ts'
import { type LineEntry, type LineReader, NO_OPTIONS } from '../line-reader.ts'
import { LONGEST_LINE } from '../lines.ts'
import { type CsvDelimiter, delimiterOf, fieldsOf } from './csv-fields.ts'

/**
 * One column of a table in CSV. A record may span lines, within quotation marks.
 *
 * @param column the name of the column, its number from 1, or nothing for the first one that is named like an
 *   address or holds an entry
 * @param isElement whether a field can be an entry: tells a heading from a record
 */
export function csvReader(
  column: string | number | undefined,
  isElement: (text: string) => boolean,
): LineReader {
  const records = new Records()
  let index: number | undefined
  return {
    read(text, line) {
      if (!records.isOpen && (text === '' || text.startsWith('#'))) return undefined
      const fields = records.add(text, line)
      if (fields === undefined || fields instanceof LineFault) return fields
      if (index === undefined) {
        const found = findColumn(fields, column, isElement)
        if (found instanceof LineFault) return found
        index = found.index
        if (found.isHeading) return undefined
      }
      return fieldAt(fields, index, records.begin)
    },
    end: () => records.end(),
  }
}

function fieldAt(fields: readonly string[], index: number, line: number): LineEntry | LineFault {
  const element = fields[index]?.trim()
  if (element !== undefined && element !== '') return { element, options: NO_OPTIONS, line }
  return new LineFault(
    'bad-syntax',
    element === undefined
      ? `The line has ${fields.length} columns, and the entry is in column ${index + 1}.`
      : `Column ${index + 1} is empty.`,
  )
}

function findColumn(
  fields: readonly string[],
  column: string | number | undefined,
  isElement: (text: string) => boolean,
): { readonly index: number; readonly isHeading: boolean } | LineFault {
  const names = fields.map((field) => field.trim())
  if (typeof column === 'number') {
    const index = column - 1
    return { index, isHeading: !isElement(names[index] ?? '') && names.every((name) => !isElement(name)) }
  }
  if (column !== undefined) {
    const wanted = column.toLowerCase()
    const index = names.findIndex((name) => name.toLowerCase() === wanted)
    if (index >= 0) return { index, isHeading: true }
    return new LineFault(
      'bad-syntax',
      `There is no column ${quote(column)}; there are ${names.map(quote).join(', ')}.`,
    )
  }
  const record = names.findIndex(isElement)
  if (record >= 0) return { index: record, isHeading: false }
  const heading = names.findIndex(isAddressName)
  if (heading >= 0) return { index: heading, isHeading: true }
  return new LineFault(
    'bad-syntax',
    `No column is named like an address or holds an entry, so say which one it is: ${names.map(quote).join(', ')}.`,
  )
}

/** Puts lines together to records. */
class Records {
  /** The line on which the last record began. */
  begin = 0
  #delimiter: CsvDelimiter | undefined
  #text: string | undefined

  /** Whether a record goes on in the next line. */
  get isOpen(): boolean {
    return this.#text !== undefined
  }

  /** The fields of the record that ends with this line, if one does. */
  add(text: string, line: number): readonly string[] | LineFault | undefined {
    if (this.#text === undefined) this.begin = line
    else {
      const before = this.#text
      this.#text = `${before}\n${text}`
      if (this.#text.length > LONGEST_LINE) return this.#give(UNCLOSED)
      // Within quotation marks only an odd number of them closes the field.
      if (marks(text) % 2 === 0) return undefined
    }
    const record = this.#text ?? text
    this.#delimiter ??= delimiterOf(record)
    const fields = fieldsOf(record, this.#delimiter)
    if (fields !== 'open') return this.#give(fields)
    this.#text = record
    return undefined
  }

  end(): { readonly line: number; readonly fault: LineFault } | undefined {
    return this.isOpen ? { line: this.begin, fault: UNCLOSED } : undefined
  }

  #give<T>(result: T): T {
    this.#text = undefined
    return result
  }
}

const UNCLOSED = new LineFault('bad-syntax', 'A quotation mark is not closed.')

function marks(text: string): number {
  let count = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++
  return count
}
