import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRule } from '../../text/parse-rule.ts'
import type { ListedChain, ListedTable } from '../plan/listing.ts'
import type { Operation } from '../rules/operation.ts'
import { chainsOf, foresee } from './foresee.ts'
import { wayBack } from './way-back.ts'

const place = { table: 'filter', family: 'ipv4' } as const

function rule(number: number): string {
  return `-s 10.0.0.${number}/32 -j DROP`
}

function foreign(number: number): string {
  return `-i foreign${number} -j RETURN`
}

function table(chains: Readonly<Record<string, readonly string[]>>): ListedTable {
  return {
    name: 'filter',
    chains: Object.entries(chains).map(([name, rules]) => ({ name, rules: rules.map((text) => ({ text })) })),
  }
}

/** The chains after some operations, as a kernel would hold them. */
function after(
  operations: readonly Operation[],
  chains: ReadonlyMap<string, ListedChain>,
): ReadonlyMap<string, ListedChain> {
  const result = new Map(chains)
  for (const [name, chain] of foresee(operations, chains, { family: 'ipv4' })) {
    if (chain === undefined) result.delete(name)
    else result.set(name, chain)
  }
  return result
}

function texts(chain: ListedChain | undefined): readonly string[] | undefined {
  return chain?.rules.map(({ text }) => text)
}

function touchedBy(
  operations: readonly Operation[],
  before: ReadonlyMap<string, ListedChain>,
): Parameters<typeof wayBack>[0] {
  const foreseen = foresee(operations, before, { family: 'ipv4' })
  return {
    place,
    chains: Array.from(foreseen, ([name, chain]) => ({ name, before: before.get(name), after: chain })),
  }
}

describe('the way back', () => {
  const number = fc.integer({ min: 1, max: 5 })
  const change = fc.oneof(
    fc.record({ do: fc.constant('insert' as const), position: number, rule: number }),
    fc.record({ do: fc.constant('delete' as const), rule: number }),
    fc.record({ do: fc.constant('append' as const), rule: number }),
    fc.constant({ do: 'flush' as const }),
  )

  it('leads from any change to what was there, with what others have put in, and only once', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(number, { maxLength: 5 }),
        fc.array(change, { maxLength: 6 }),
        fc.array(fc.nat({ max: 8 }), { maxLength: 3 }),
        (rules, changes, others) => {
          const before = chainsOf('filter', table({ INPUT: rules.map(rule) }))
          let length = rules.length
          const operations = changes.flatMap((wish): Operation[] => {
            if (wish.do === 'flush') {
              length = 0
              return [{ do: 'flush', chain: 'INPUT' }]
            }
            if (wish.do === 'delete') {
              if (length === 0) return []
              length--
              return [{ do: 'delete', chain: 'INPUT', rule: 1 + (wish.rule % (length + 1)) }]
            }
            const written = parseRule(rule(wish.rule + 5), place)
            length++
            return wish.do === 'append'
              ? [{ do: 'append', chain: 'INPUT', rule: written }]
              : [{ do: 'insert', chain: 'INPUT', position: Math.min(wish.position, length), rule: written }]
          })
          const touched = touchedBy(operations, before)
          const changed = after(operations, before)
          const mixed = after(
            others.map((at, index): Operation => {
              const there = (changed.get('INPUT')?.rules.length ?? 0) + index
              return {
                do: 'insert',
                chain: 'INPUT',
                position: Math.min(at, there) + 1,
                rule: parseRule(foreign(index), place),
              }
            }),
            changed,
          )
          const back = after(wayBack(touched, mixed).operations, mixed)
          const result = texts(back.get('INPUT')) ?? []
          expect(result.filter((text) => !text.includes('foreign'))).toEqual(rules.map(rule))
          expect(result.filter((text) => text.includes('foreign'))).toEqual(
            texts(mixed.get('INPUT'))?.filter((text) => text.includes('foreign')),
          )
          expect(wayBack(touched, back).operations).toEqual([])
        },
      ),
    )
  })

  it('is none where the change was never made', () => {
    const before = chainsOf('filter', table({ INPUT: [rule(1), rule(2)] }))
    const touched = touchedBy([{ do: 'delete', chain: 'INPUT', rule: 1 }], before)
    expect(wayBack(touched, before).operations).toEqual([])
  })

  it('lets rules stay out that somebody else has taken out, and above that he has put above', () => {
    const before = chainsOf('filter', table({ INPUT: [rule(1), rule(2), rule(3)] }))
    const touched = touchedBy([{ do: 'delete', chain: 'INPUT', rule: 1 }], before)
    const mixed = chainsOf('filter', table({ INPUT: [foreign(1), rule(3)] }))
    const back = after(wayBack(touched, mixed).operations, mixed)
    expect(texts(back.get('INPUT'))).toEqual([foreign(1), rule(1), rule(3)])
  })

  it('removes a chain that was made, unless somebody else uses it', () => {
    const before = chainsOf('filter', table({ INPUT: [] }))
    const operations: readonly Operation[] = [
      { do: 'create', chain: 'app' },
      { do: 'append', chain: 'app', rule: parseRule(rule(1), place) },
      { do: 'append', chain: 'INPUT', rule: parseRule('-j app', place) },
    ]
    const touched = touchedBy(operations, before)
    const plain = wayBack(touched, after(operations, before))
    expect(after(plain.operations, after(operations, before)).has('app')).toBe(false)
    expect(plain.left).toEqual([])
    const ledTo = chainsOf('filter', table({ INPUT: ['-j app'], app: [rule(1)], OUTPUT: ['-p tcp -j app'] }))
    expect(wayBack(touched, ledTo).left).toEqual([expect.stringContaining('leads to it')])
    const filled = chainsOf('filter', table({ INPUT: ['-j app'], app: [rule(1), foreign(1)] }))
    const back = wayBack(touched, filled)
    expect(back.left).toEqual([expect.stringContaining('has put rules into it')])
    expect(texts(after(back.operations, filled).get('app'))).toEqual([foreign(1)])
  })

  it('makes a chain again that was removed, and gives back a policy that nobody else has changed', () => {
    const before = chainsOf('filter', table({ app: [rule(1), rule(2)] }))
    const operations: readonly Operation[] = [
      { do: 'flush', chain: 'app' },
      { do: 'remove', chain: 'app' },
      { do: 'policy', chain: 'INPUT', policy: 'DROP' },
    ]
    const touched = touchedBy(operations, before)
    const changed = after(operations, before)
    const back = after(wayBack(touched, changed).operations, changed)
    expect(texts(back.get('app'))).toEqual([rule(1), rule(2)])
    expect(back.get('INPUT')?.policy).toBe('ACCEPT')
    const elsewhere = after([{ do: 'policy', chain: 'INPUT', policy: 'ACCEPT' }], changed)
    expect(wayBack(touched, elsewhere).operations.some(({ do: verb }) => verb === 'policy')).toBe(false)
  })
})
