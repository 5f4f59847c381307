import { expect, it } from 'vitest'
import { readListing } from '../plan/listing.ts'
import { differenceOf, type Listing, renderDifference } from './difference.ts'

function listing(...lines: readonly string[]): Listing {
  const text = ['*filter', ...lines, 'COMMIT', ''].join('\n')
  return { ipv4: readListing(text, { family: 'ipv4' }) }
}

const before = listing(
  ':INPUT ACCEPT [0:0]',
  ':own - [0:0]',
  '-A INPUT -s 192.0.2.1 -j own',
  '-A INPUT -j DROP',
  '-A own -j DROP',
)

function told(after: Listing): readonly string[] {
  return renderDifference(differenceOf(before, after))
}

it('rules that came, went and moved are told with their places, and so is a policy', () => {
  expect(
    told(
      listing(
        ':INPUT DROP [5:300]',
        ':own - [0:0]',
        '[3:180] -A INPUT -j DROP',
        '-A INPUT -s 192.0.2.1 -j own',
        '-A INPUT -s 192.0.2.2 -j DROP',
      ),
    ),
  ).toEqual([
    'ipv4 filter INPUT',
    '  policy ACCEPT → DROP',
    '  > 1 → 2  -s 192.0.2.1 -j own',
    '  + 3  -s 192.0.2.2 -j DROP',
    'ipv4 filter own',
    '  - 1  -j DROP',
  ])
})

it('what only counts is no difference', () => {
  expect(
    told(
      listing(
        ':INPUT ACCEPT [9:900]',
        ':own - [0:0]',
        '[3:180] -A INPUT -s 192.0.2.1 -j own',
        '-A INPUT -j DROP',
        '-A own -j DROP',
      ),
    ),
  ).toEqual([])
})

it('a table that is gone has lost its chains, and its own chains their rules', () => {
  expect(told({ ipv4: [] })).toEqual([
    'ipv4 filter INPUT',
    '  - 1  -s 192.0.2.1 -j own',
    '  - 2  -j DROP',
    'ipv4 filter own is gone',
    '  - 1  -j DROP',
  ])
})

it('a long difference is cut', () => {
  expect(renderDifference(differenceOf(before, { ipv4: [] }), 2)).toEqual([
    'ipv4 filter INPUT',
    '  - 1  -s 192.0.2.1 -j own',
    '… and 3 lines more',
  ])
})
