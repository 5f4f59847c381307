import type { Extension } from './extension.ts'

/**
 * The TypeScript types of a rule's matches and targets with each option's description as its comment, so that an
 * editor shows it. The types themselves are those that follow from the extension files.
 */
export function describedTypes(matches: readonly Extension[], targets: readonly Extension[]): string {
  return [
    '// Made from the extension files. To make it anew: UPDATE_GOLDEN=1 npm test -- reference',
    "import type { InputOptions, StoredOptions } from './extension.ts'",
    "import type { matches } from './matches/index.ts'",
    "import type { targets } from './targets/index.ts'",
    '',
    'type Named<E, N> = Extract<E, { readonly name: N }>',
    '// Where the families have different options under one name, an option of either.',
    'type OptionOf<O, K extends PropertyKey> = O extends { readonly [P in K]?: infer V } ? V : never',
    'type MatchIn<N, K extends PropertyKey> = OptionOf<InputOptions<Named<(typeof matches)[number], N>>, K>',
    'type MatchOut<N, K extends PropertyKey> = OptionOf<StoredOptions<Named<(typeof matches)[number], N>>, K>',
    'type TargetIn<N, K extends PropertyKey> = OptionOf<InputOptions<Named<(typeof targets)[number], N>>, K>',
    'type TargetOut<N, K extends PropertyKey> = OptionOf<StoredOptions<Named<(typeof targets)[number], N>>, K>',
    '',
    ...byName('DescribedMatchesInput', 'The matches as a caller may write them.', 'MatchIn', matches),
    ...byName('DescribedMatches', 'The matches as chainmail holds them.', 'MatchOut', matches),
    ...byName('DescribedTargetsInput', 'The targets as a caller may write them.', 'TargetIn', targets),
    ...byName('DescribedTargets', 'The targets as chainmail holds them.', 'TargetOut', targets),
  ].join('\n')
}

function byName(type: string, about: string, lookup: string, extensions: readonly Extension[]): string[] {
  const groups = Array.from(Map.groupBy(extensions, ({ name }) => name))
  return [
    comment(about, ''),
    `export interface ${type} {`,
    ...groups.flatMap(([name, forms]) => members(name, forms, lookup)),
    '}',
    '',
  ]
}

function members(name: string, forms: readonly Extension[], lookup: string): string[] {
  const [first] = forms
  const keys = [...new Set(forms.flatMap(({ options }) => Object.keys(options)))]
  return [
    comment(first?.about ?? '', '  '),
    `  readonly ${name}?: {`,
    ...keys.flatMap((key) => {
      const options = forms.map((form) => form.options[key])
      const required = options.every((option) => option?.required === true)
      const about = options.find((option) => option !== undefined)?.about ?? ''
      return [
        comment(about, '    '),
        `    readonly ${key}${required ? '' : '?'}: ${lookup}<'${name}', '${key}'>`,
      ]
    }),
    '  }',
  ]
}

function comment(text: string, indent: string): string {
  return `${indent}/** ${text.replaceAll('*/', '* /')} */`
}
