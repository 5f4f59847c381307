import { type Addressed, type Context, type Kind, refuse } from '../kind.ts'
import { type Address, address } from './address.ts'

/** A comma-separated list of at most so many addresses, in the order given. */
export function addressList(
  greatest: number,
): Kind<readonly Address[], readonly string[] | string> & Addressed {
  const expects = `a list of at most ${greatest} addresses of the rule’s family`
  const read = (items: readonly unknown[], context: Context): readonly Address[] =>
    items.length > 0 && items.length <= greatest
      ? items.map((item) => address.check(item, context))
      : refuse(items, expects)
  return {
    words: 1,
    expects,
    schema: { type: 'array', items: address.schema, minItems: 1, maxItems: greatest },
    parse: (words, at, context) => read((words[at] ?? '').split(','), context),
    check: (value, context) => {
      if (Array.isArray(value)) return read(value, context)
      return typeof value === 'string' ? read(value.split(','), context) : refuse(value, expects)
    },
    render: (value) => value.join(','),
  }
}
