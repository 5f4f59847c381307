import { type Kind, refuse } from '../kind.ts'

/** An option without a value: there (`true`) or absent. */
export const flag: Kind<true> = {
  words: 0,
  expects: 'true (leave the option away for false)',
  schema: { const: true },
  parse: () => true,
  check: (value) => (value === true ? true : refuse(value, flag.expects)),
  render: () => '',
}
