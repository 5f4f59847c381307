import { describe, expect, it } from 'vitest'
import { type Held, Model } from './model.ts'

const HOUR = 3_600_000

function stateOf(entries: Readonly<Record<string, Held | string>>) {
  return new Map(
    Object.entries(entries).map(([name, held]) => [name, typeof held === 'string' ? { text: held } : held]),
  )
}

function acknowledged(entries: Readonly<Record<string, Held | string>>): Model {
  const model = new Model()
  model.begin(stateOf(entries)).made()
  return model
}

describe('what the kernel has to hold', () => {
  it('is what was acknowledged, and nothing else', () => {
    const model = acknowledged({ 'set 1': 'one', 'set 2': 'two', 'set 3': 'three' })
    expect(model.settle(stateOf({ 'set 1': 'one', 'set 2': 'other', 'set 4': 'four' })).faults).toEqual([
      'set 2 should hold "two", and holds "other"',
      'set 3 should hold "three", and holds nothing',
      'set 4 holds "four", which nobody asked for',
    ])
  })

  it('may be what was asked for and not answered, or may not', () => {
    const model = acknowledged({ kept: 'before', gone: 'before' })
    model.begin(new Map([['kept', { text: 'after' }]]))
    model.begin(new Map([['gone', undefined]]))
    model.begin(new Map([['new', { text: 'after' }]]))
    expect(model.settle(stateOf({ kept: 'before', new: 'after' }))).toEqual({
      faults: [],
      made: 2,
      notMade: 1,
    })
    expect(model.settle(stateOf({ kept: 'after', new: 'after' })).faults).toEqual([
      'kept should hold "before", and holds "after"',
    ])
  })

  it('is never half of what was asked for', () => {
    const model = acknowledged({ one: 'before' })
    model.begin(stateOf({ one: 'after', two: 'after' }))
    const { faults } = model.settle(stateOf({ one: 'after' }))
    expect(faults[0]).toBe(
      'half done: one should hold "before", and holds "after"; two should hold nothing, and holds nothing',
    )
  })

  it('ends when it was said to end, as near as that is known', () => {
    const now = Date.now()
    const model = acknowledged({ one: { text: 'ban', until: now + HOUR }, two: 'for ever' })
    expect(
      model.settle(stateOf({ one: { text: 'ban', until: now + HOUR - 3_000 }, two: 'for ever' })).faults,
    ).toEqual([])
    expect(
      model.settle(
        stateOf({ one: { text: 'ban', until: now + 2 * HOUR }, two: { text: 'for ever', until: now } }),
      ).faults,
    ).toHaveLength(2)
  })

  it('is not asked of what is under way where a store is looked at before the restart', () => {
    const model = acknowledged({ one: 'before' })
    model.begin(stateOf({ one: 'after' }))
    expect(model.differences(stateOf({ one: 'after' }))).toEqual([])
    expect(model.differences(stateOf({}), (name) => name !== 'one')).toEqual([])
  })
})
