import { parseRestoreLine, quote } from '@chainmail/kernel'
import { faultOf, LineFault } from '../line-fault.ts'
import type { LineEntry, LineReader } from '../line-reader.ts'
import { bareEntry, bareLength, readEntryWords } from './ipset-words.ts'

/**
 * What `ipset save` prints. The lines that create sets are read over.
 *
 * @param wanted the set whose entries are wanted; the first one whose entries come if not said, and then the list
 *   must not hold those of another
 */
export function ipsetReader(wanted: string | undefined): LineReader {
  let name = wanted
  let prefix = name === undefined ? undefined : `add ${name} `
  return {
    read(text) {
      if (prefix !== undefined && text.startsWith(prefix)) {
        const words = text.slice(prefix.length)
        return bareLength(words, 0) === words.length && words !== ''
          ? bareEntry(words)
          : readEntryWords(words)
      }
      const entry = operationOf(text)
      if (entry === undefined || entry instanceof LineFault) return entry
      name ??= entry.name
      prefix ??= `add ${name} `
      if (entry.name === name) return entry
      if (wanted !== undefined) return undefined
      return new LineFault(
        'bad-syntax',
        `The entry is of the set ${quote(entry.name)}, and those before are of ${quote(name)}. Say which set is wanted.`,
      )
    },
  }
}

function operationOf(text: string): (LineEntry & { readonly name: string }) | LineFault | undefined {
  try {
    const operation = parseRestoreLine(text, 1)
    if (operation === undefined || operation.command === 'create') return undefined
    if (operation.command !== 'add') {
      return new LineFault(
        'bad-syntax',
        `A list holds entries, and this is the command ${operation.command}.`,
      )
    }
    const { element, ...options } = operation.entry
    return { name: operation.name, element, options }
  } catch (error) {
    return faultOf(error)
  }
}
