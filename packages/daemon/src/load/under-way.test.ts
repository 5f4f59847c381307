import { describe, expect, it } from 'vitest'
import { TooMany } from '../identity/too-many.ts'
import { RequestsUnderWay } from './under-way.ts'

function refusal(work: () => void): TooMany | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof TooMany) return error
    throw error
  }
}

describe('changes under way', () => {
  let now = 0
  const change = (isStream = false) => ({ isStream })

  it('are refused beyond their number, until one ends', () => {
    const underWay = new RequestsUnderWay({ changes: 3, wait: 10 }, () => now)
    const [first = change()] = [change(), change(), change()].map((one) => {
      underWay.beginChange(one)
      return one
    })
    expect(refusal(() => underWay.beginChange(change()))).toMatchObject({ code: 'too-busy', seconds: 1 })
    underWay.endChange(first)
    underWay.endChange(first)
    expect(refusal(() => underWay.beginChange(change()))).toBeUndefined()
    expect(refusal(() => underWay.beginChange(change()))).toBeDefined()
  })

  it('are refused when the oldest of many waits too long, which says when to come again', () => {
    const underWay = new RequestsUnderWay({ changes: 1_000, wait: 10 }, () => now)
    const all = Array.from({ length: 40 }, () => change())
    for (const one of all) underWay.beginChange(one)
    now += 10_500
    expect(refusal(() => underWay.beginChange(change()))).toMatchObject({ seconds: 11 })
    now += 1_000_000
    expect(refusal(() => underWay.beginChange(change()))).toMatchObject({ seconds: 60 })
    for (const one of all.slice(10)) underWay.endChange(one)
    expect(refusal(() => underWay.beginChange(change()))).toBeUndefined()
  })

  it('wait for no stream, which takes as long as its sender', () => {
    const underWay = new RequestsUnderWay({ changes: 1_000, wait: 10 }, () => now)
    for (let stream = 0; stream < 40; stream++) underWay.beginChange(change(true))
    now += 60_000
    expect(refusal(() => underWay.beginChange(change()))).toBeUndefined()
  })

  it('leave reads alone, which have a limit of their own', () => {
    const underWay = new RequestsUnderWay({ changes: 1, wait: 10 }, () => now)
    underWay.beginChange(change())
    for (let read = 0; read < 5_000; read++) underWay.beginRead()
    expect(refusal(() => underWay.beginRead())).toMatchObject({ code: 'too-busy' })
    underWay.endRead()
    expect(refusal(() => underWay.beginRead())).toBeUndefined()
  })
})
