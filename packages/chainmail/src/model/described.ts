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
    '/** As a caller may write them, or as chainmail holds them. */',
    "export type Form = 'input' | 'stored'",
    'type Named<E, N> = Extract<E, { readonly name: N }>',
    "type Options<F, E> = F extends 'input' ? InputOptions<E> : StoredOptions<E>",
    '// Where the families have different options under one name, an option of either.',
    'type OptionOf<O, K extends PropertyKey> = O extends { readonly [P in K]?: infer V } ? V : never',
    'type MatchOption<F, N, K extends PropertyKey> = OptionOf<Options<F, Named<(typeof matches)[number], N>>, K>',
    'type TargetOption<F, N, K extends PropertyKey> = OptionOf<Options<F, Named<(typeof targets)[number], N>>, K>',
    '',
    ...byName('DescribedMatches', 'The matches by their names.', 'MatchOption', matches),
    ...byName('DescribedTargets', 'The targets by their names.', 'TargetOption', targets),
  ].join('\n')
}

function byName(type: string, about: string, lookup: string, extensions: readonly Extension[]): string[] {
  const groups = Array.from(Map.groupBy(extensions, ({ name }) => name))
  return [
    comment(about, ''),
    `export interface ${type}<F extends Form> {`,
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
        `    readonly ${key}${required ? '' : '?'}: ${lookup}<F, '${name}', '${key}'>`,
      ]
    }),
    '  }',
  ]
}

function comment(text: string, indent: string): string {
  return `${indent}/** ${text.replaceAll('*/', '* /')} */`
}
