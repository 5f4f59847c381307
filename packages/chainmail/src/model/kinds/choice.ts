import { type Kind, refuse, wordKind } from '../kind.ts'

/** One of the given words; `aliases` are other spellings of them. Case matters unless `anyCase`. */
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  { aliases = {}, anyCase = false }: { aliases?: Readonly<Record<string, Choice>>; anyCase?: boolean } = {},
): Kind<Choice> {
  const known = new Map<string, Choice>()
  const fold = (word: string) => (anyCase ? word.toLowerCase() : word)
  for (const name of choices) known.set(fold(name), name)
  for (const [alias, name] of Object.entries(aliases)) known.set(fold(alias), name)
  return wordKind<Choice>({
    expects: `one of ${choices.join(', ')}`,
    schema: { enum: choices },
    read: (word) => known.get(fold(word)),
  })
}

/**
 * A comma-separated list of the given words, kept in the order in which save prints them. The word `alone`
 * stands for no bit at all and is dropped beside any other. Case does not matter unless `exactCase`.
 */
export function choices<const Choice extends string>(
  names: readonly Choice[],
  {
    aliases = {},
    alone,
    exactCase = false,
  }: {
    aliases?: Readonly<Record<string, readonly NoInfer<Choice>[]>>
    alone?: NoInfer<Choice>
    exactCase?: boolean
  } = {},
): Kind<readonly Choice[]> {
  const expects = `a list of ${names.join(', ')}`
  const known = new Map<string, readonly Choice[]>()
  const fold = (word: string) => (exactCase ? word : word.toUpperCase())
  for (const name of names) known.set(fold(name), [name])
  for (const [alias, meaning] of Object.entries(aliases)) known.set(fold(alias), meaning)
  const read = (words: readonly unknown[], whole: unknown): readonly Choice[] => {
    if (words.length === 1) {
      const single = known.get(fold(String(words[0])))
      return single ?? refuse(whole, expects)
    }
    const chosen = new Set<Choice>()
    for (const word of words) {
      const meaning = typeof word === 'string' ? known.get(fold(word)) : undefined
      if (meaning === undefined) refuse(whole, expects)
      for (const name of meaning) chosen.add(name)
    }
    if (alone !== undefined && chosen.size > 1) chosen.delete(alone)
    return names.filter((name) => chosen.has(name))
  }
  return {
    words: 1,
    expects,
    schema: { type: 'array', items: { enum: names }, uniqueItems: true, minItems: 1 },
    parse: (words, at) => read((words[at] ?? '').split(','), words[at]),
    check: (value) =>
      Array.isArray(value) && value.length > 0
        ? read(value, value)
        : typeof value === 'string'
          ? read(value.split(','), value)
          : refuse(value, expects),
    render: (value) => value.join(','),
  }
}
