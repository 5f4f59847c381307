import type { Shorthand } from '../extension.ts'
import type { Kind } from '../kind.ts'

type Reader = Pick<Kind<unknown>, 'words' | 'parse'>

/** Reads bits and makes the value and the mask of a field of them. */
function reader(
  bits: Pick<Kind<number, number | string>, 'parse'>,
  field: Reader,
  change: (bits: number) => readonly [value: number, mask: number],
): Reader {
  return {
    words: 1,
    parse: (words, at, context) =>
      field.parse([change(bits.parse(words, at, context)).join('/')], 0, context),
  }
}

/**
 * `--and-…`, `--or-…` and `--xor-…`, as other spellings of the option that clears the bits of a mask and turns
 * those of a value. iptables-extensions(8), MARK and TOS
 */
export function bitShorthands(
  name: string,
  key: string,
  field: Reader,
  bits: Pick<Kind<number, number | string>, 'parse'>,
  allBits: number,
): readonly Shorthand[] {
  return [
    { flag: `--and-${name}`, key, kind: reader(bits, field, (value) => [0, (~value & allBits) >>> 0]) },
    { flag: `--or-${name}`, key, kind: reader(bits, field, (value) => [value, value]) },
    { flag: `--xor-${name}`, key, kind: reader(bits, field, (value) => [value, 0]) },
  ]
}
