/**
 * The words of a line that iptables-save or `ipset save` prints, read by the rule of iptables-restore alone: blanks part
 * words but within double quotation marks, where a backslash takes the next character for itself. Nothing of the library
 * is used: what it writes is held against it.
 */
export function savedWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let isQuoted = false
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index)
    if (isQuoted && character === '\\') word = (word ?? '') + line.charAt(++index)
    else if (character === '"') {
      isQuoted = !isQuoted
      word ??= ''
    } else if (!isQuoted && (character === ' ' || character === '\t')) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + character
  }
  if (word !== undefined) words.push(word)
  return words
}
