import { describe, expect, it } from 'vitest'
import { ChangeGate } from './change-gate.ts'

describe('the gate of changes', () => {
  it('lets changes through together, and work alone when all of them are over', async () => {
    const gate = new ChangeGate()
    const told: string[] = []
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const changes = [one, other].map(({ promise }, index) =>
      gate.enter(async () => {
        told.push(`begins ${index}`)
        await promise
        told.push(`ends ${index}`)
      }),
    )
    const alone = gate.alone(async () => told.push('alone'))
    const later = gate.enter(async () => told.push('later'))
    one.resolve()
    await changes[0]
    other.resolve()
    await Promise.all([...changes, alone, later])
    expect(told).toEqual(['begins 0', 'begins 1', 'ends 0', 'ends 1', 'alone', 'later'])
  })

  it('goes on after work that failed', async () => {
    const gate = new ChangeGate()
    await expect(gate.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(gate.enter(() => Promise.reject(new Error('nor')))).rejects.toThrow('nor')
    expect(await gate.alone(async () => 1)).toBe(1)
    expect(await gate.enter(async () => 2)).toBe(2)
  })

  it('runs what wants to be alone one after another', async () => {
    const gate = new ChangeGate()
    let under = 0
    const work = async (): Promise<number> => {
      under += 1
      await Promise.resolve()
      return under--
    }
    expect(await Promise.all([1, 2, 3].map(() => gate.alone(work)))).toEqual([1, 1, 1])
  })
})
