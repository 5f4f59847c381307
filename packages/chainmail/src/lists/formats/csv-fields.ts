import { LineFault } from '../line-fault.ts'

const delimiters = [',', ';', '\t'] as const
export type CsvDelimiter = (typeof delimiters)[number]

/** The delimiter that a record most likely uses: the one that splits it into the most fields. */
export function delimiterOf(record: string): CsvDelimiter {
  const counted = delimiters.map((delimiter) => {
    const fields = fieldsOf(record, delimiter)
    return { delimiter, count: Array.isArray(fields) ? fields.length : 0 }
  })
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).delimiter
}

const QUOTE = '"'

/**
 * The fields of a record by RFC 4180: a field may stand in quotation marks, and holds a quotation mark as two of them.
 * `open` when the record ends within quotation marks.
 */
export function fieldsOf(record: string, delimiter: CsvDelimiter): string[] | LineFault | 'open' {
  if (!record.includes(QUOTE)) return record.split(delimiter)
  const fields: string[] = []
  let start = 0
  for (;;) {
    if (record[start] !== QUOTE) {
      const end = record.indexOf(delimiter, start)
      if (end === -1) return [...fields, record.slice(start)]
      fields.push(record.slice(start, end))
      start = end + 1
      continue
    }
    const close = closingQuote(record, start + 1)
    if (close === -1) return 'open'
    fields.push(record.slice(start + 1, close).replaceAll('""', QUOTE))
    if (close + 1 === record.length) return fields
    if (record[close + 1] !== delimiter)
      return new LineFault(
        'bad-syntax',
        'Behind a closing quotation mark stands neither a delimiter nor the end.',
      )
    start = close + 2
  }
}

function closingQuote(record: string, from: number): number {
  for (let at = record.indexOf(QUOTE, from); at !== -1; at = record.indexOf(QUOTE, at + 2)) {
    if (record[at + 1] !== QUOTE) return at
  }
  return -1
}
