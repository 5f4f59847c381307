import { describe, expect, test } from 'vitest'
import { checkComment, checkNewSetName, checkSetName } from './name.ts'

const badName = expect.objectContaining({ code: 'bad-set-name' })

describe('a set name', () => {
  test.each(['a', 'a'.repeat(31), 'é'.repeat(15), 'a-b_c.d:e,f#g', "it's", 'a\\b', '!x', 'all'])(
    '%j is fine',
    (name) => {
      expect(() => checkNewSetName(name)).not.toThrow()
    },
  )

  test.each(['', 'a'.repeat(32), 'é'.repeat(16), 'a\0b', 'x'.repeat(1_000_000)])(
    '%j is never sent',
    (name) => {
      expect(() => checkSetName(name)).toThrow(badName)
      expect(() => checkNewSetName(name)).toThrow(badName)
    },
  )

  test.each(['a b', 'a\nb', 'a\tb', 'a"b', '-q', '-exist', 'a\u007f'])(
    '%j is not given to a new set, but may be that of another program’s',
    (name) => {
      expect(() => checkNewSetName(name)).toThrow(badName)
      expect(() => checkSetName(name)).not.toThrow()
    },
  )
})

test.each(['', 'x'.repeat(255), 'back\\slash\\', "it's #1", ' - ', '- x'])(
  'the comment %j is fine',
  (comment) => {
    expect(() => checkComment(comment)).not.toThrow()
  },
)
