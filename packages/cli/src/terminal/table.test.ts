import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plain } from './style.ts'
import { type Column, table } from './table.ts'
import { width } from './text.ts'

interface Row {
  readonly address: string
  readonly packets: string
  readonly reason: string
}

const columns: readonly Column<Row>[] = [
  { heading: 'ADDRESS', cell: ({ address }) => address, leaves: 0 },
  { heading: 'PACKETS', cell: ({ packets }) => packets, align: 'right', leaves: 2 },
  { heading: 'REASON', cell: ({ reason }) => reason, shrinksTo: 8, leaves: 1 },
]

const rows: readonly Row[] = [
  { address: '198.51.100.7', packets: '12', reason: 'tried every password there is' },
  { address: '203.0.113.0/24', packets: '1.2 k', reason: '' },
]

const lines = (available: number): string[] => table(columns, rows, { columns: available, style: plain })

describe('a table', () => {
  test('is as wide as what it holds where there is room', () => {
    expect(lines(80)).toEqual([
      'ADDRESS         PACKETS  REASON',
      '198.51.100.7         12  tried every password there is',
      '203.0.113.0/24    1.2 k',
    ])
  })

  test('cuts what may be cut on a narrower terminal', () => {
    expect(lines(40)).toEqual([
      'ADDRESS         PACKETS  REASON',
      '198.51.100.7         12  tried every pa…',
      '203.0.113.0/24    1.2 k',
    ])
  })

  test('leaves out what matters least when cutting is not enough', () => {
    expect(lines(30)).toEqual(['ADDRESS         REASON', '198.51.100.7    tried every p…', '203.0.113.0/24'])
    expect(lines(14)).toEqual(['ADDRESS', '198.51.100.7', '203.0.113.0/24'])
    expect(lines(6)).toEqual(['ADDRE…', '198.5…', '203.0…'])
  })

  test('is never wider than the terminal, whatever it holds', () => {
    const cell = fc.string({ unit: 'binary', maxLength: 60 })
    const row = fc.record({ address: cell, packets: cell, reason: cell })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 1, max: 120 }), (any, available) => {
        for (const line of table(columns, any, { columns: available, style: plain })) {
          expect(width(line)).toBeLessThanOrEqual(available)
          expect(line).not.toMatch(/\p{C}/u)
        }
      }),
    )
  })
})
