import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { banComment, fittingBanComment, readBanComment } from './ban-comment.ts'

const since = Date.UTC(2026, 10, 23, 7, 28, 44)
const until = Date.UTC(2027, 4, 1)

describe('the comment of a ban', () => {
  it.each([
    [{ since }, '[since 2026-11-23T07:28:44Z]'],
    [{ reason: 'brute force', since }, 'brute force [since 2026-11-23T07:28:44Z]'],
    [
      { reason: 'brute force', who: 'alice', since, until },
      'brute force [by alice since 2026-11-23T07:28:44Z until 2027-05-01T00:00:00Z]',
    ],
    [{ reason: 'by hand' }, 'by hand'],
  ])('of %j is %j, and reads back', (note, comment) => {
    expect(banComment(note)).toBe(comment)
    expect(readBanComment(comment)).toEqual(note)
  })

  it.each(['', 'scan', 'scan [by alice]', '[since yesterday]', 'x [since 2026-11-23T07:28:44Z] y'])(
    'that somebody else wrote, %j, is a reason and nothing else',
    (comment) => {
      expect(readBanComment(comment)).toEqual(comment === '' ? {} : { reason: comment })
    },
  )

  it('reads back whatever reason and name it was made of', () => {
    const plain = (maxLength: number) => fc.string({ maxLength }).map((text) => text.replaceAll('"', ''))
    const reason = fc.oneof(plain(40), fc.constantFrom('a [by b', 'x]', '[since', ' '))
    const who = plain(20).map((text) => text.replace(/[[\]]/g, ''))
    fc.assert(
      fc.property(reason, who, (reason, who) => {
        const read = readBanComment(banComment({ reason, who, since, until }))
        expect(read).toEqual({
          ...(reason === '' ? {} : { reason }),
          ...(who === '' ? {} : { who }),
          since,
          until,
        })
      }),
    )
  })

  it('says how many bytes are left for a reason that is too long', () => {
    expect(Buffer.byteLength(banComment({ reason: 'é'.repeat(113), since }))).toBe(255)
    expect(() => banComment({ reason: 'é'.repeat(114), since })).toThrow(
      expect.objectContaining({ code: 'bad-reason', message: expect.stringContaining('226 are left') }),
    )
    expect(() => banComment({ who: 'x'.repeat(300), since })).toThrow(
      expect.objectContaining({ code: 'bad-reason', path: 'who' }),
    )
    expect(() => banComment({ who: 'a]b', since })).toThrow(expect.objectContaining({ code: 'bad-reason' }))
  })

  it.each(['the user "root"', 'two\nlines', '\u001b[31m'])('cannot hold the reason %j', (reason) => {
    expect(() => banComment({ reason, since })).toThrow(
      expect.objectContaining({ code: 'bad-reason', path: 'reason' }),
    )
  })

  it('of a ban of a book tells a reason that it cannot hold in other characters', () => {
    expect(fittingBanComment({ reason: 'the user "root"\n', who: 'a"b', since })).toBe(
      "the user 'root'  [by a'b since 2026-11-23T07:28:44Z]",
    )
  })

  it('of a ban of a book has as much of the reason as fits', () => {
    expect(fittingBanComment({ reason: 'scan', who: 'alice', since })).toBe(
      'scan [by alice since 2026-11-23T07:28:44Z]',
    )
    const cut = fittingBanComment({ reason: 'é'.repeat(127), who: 'alice', since })
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(255)
    expect(cut).toMatch(/^é{100,}… \[by alice since 2026-11-23T07:28:44Z\]$/)
    expect(fittingBanComment({ reason: 'scan', who: '[alice]', since })).toBe(
      'scan [since 2026-11-23T07:28:44Z]',
    )
  })
})
