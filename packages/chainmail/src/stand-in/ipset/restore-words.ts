import { splitWords } from '@chainmail/kernel'

/**
 * The words of a line that is restored, as ipset reads them. What stands in quotation marks that are not closed is none,
 * and nothing is no word.
 */
export function restoreWords(line: string): readonly string[] {
  const quotes = line.split('"').length - 1
  const closed = quotes % 2 === 0 ? line : line.slice(0, line.lastIndexOf('"')).replace(/\S+$/, '')
  return splitWords(closed).filter((word) => word !== '')
}
