import { RestoreError } from '@chainmail/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Place } from './operation.ts'
import { LINES_PER_COMMIT, type RuleDoors, RuleWriter } from './writer.ts'

const filter: Place = { table: 'filter', family: 'ipv4' }
const nat: Place = { table: 'nat', family: 'ipv4' }

/** Keeps what was committed; refuses a commit that holds a line that begins with `bad`. */
class Recorder implements RuleDoors {
  readonly commits: { place: Place; lines: readonly string[] }[] = []
  readonly names: 'line' | 'nothing'
  attempts = 0
  underWay = 0

  constructor(names: 'line' | 'nothing' = 'line') {
    this.names = names
  }

  async commit(place: Place, lines: readonly string[]): Promise<void> {
    this.attempts++
    this.underWay++
    expect(this.underWay).toBe(1)
    await new Promise(setImmediate)
    this.underWay--
    const lineIndex = lines.findIndex((line) => line.startsWith('bad'))
    if (lineIndex !== -1) {
      const details = this.names === 'line' ? { lineIndex } : {}
      throw new RestoreError('bad-rule', 'test', `refused ${lines[lineIndex]}`, details)
    }
    this.commits.push({ place, lines })
  }

  async read(): Promise<readonly []> {
    expect(this.underWay).toBe(0)
    this.underWay++
    await new Promise(setImmediate)
    this.underWay--
    return []
  }

  get lines(): string[] {
    return this.commits.flatMap(({ lines }) => lines)
  }
}

describe('the writer', () => {
  it('puts what waits together into one commit, in the order of the calls', async () => {
    const doors = new Recorder()
    const writer = new RuleWriter(doors)
    await Promise.all(['a', 'b', 'c'].map((line) => writer.change(filter, [line])))
    expect(doors.commits).toEqual([{ place: filter, lines: ['a', 'b', 'c'] }])
  })

  it('takes what arrives while a commit runs into the next one', async () => {
    const doors = new Recorder()
    const writer = new RuleWriter(doors)
    const first = writer.change(filter, ['a'])
    await new Promise(process.nextTick)
    const later = ['b', 'c', 'd'].map((line) => writer.change(filter, [line]))
    await Promise.all([first, ...later])
    expect(doors.commits.map(({ lines }) => lines)).toEqual([['a'], ['b', 'c', 'd']])
  })

  it('commits each table by itself', async () => {
    const doors = new Recorder()
    const writer = new RuleWriter(doors)
    await Promise.all([writer.change(filter, ['a']), writer.change(nat, ['b']), writer.change(filter, ['c'])])
    expect(doors.commits).toEqual([
      { place: filter, lines: ['a', 'c'] },
      { place: nat, lines: ['b'] },
    ])
  })

  it('keeps a commit below its greatest length, and lets a longer change have its own', async () => {
    const doors = new Recorder()
    const writer = new RuleWriter(doors)
    const long = Array.from({ length: LINES_PER_COMMIT + 1 }, (_, index) => `l${index}`)
    await Promise.all([
      writer.change(filter, ['a']),
      writer.change(filter, long),
      writer.change(filter, ['b']),
    ])
    expect(doors.commits.map(({ lines }) => lines.length)).toEqual([1, LINES_PER_COMMIT + 1, 1])
  })

  it.each(['line', 'nothing'] as const)(
    'lets bad changes fail alone when the refusal names the %s',
    async (names) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), async (good) => {
          const doors = new Recorder(names)
          const writer = new RuleWriter(doors)
          const lines = good.map((fine, index) => [`${fine ? 'good' : 'bad'} ${index}`, `second ${index}`])
          const results = await Promise.allSettled(lines.map((pair) => writer.change(filter, pair)))
          expect(results.map(({ status }) => status === 'fulfilled')).toEqual(good)
          expect(doors.lines).toEqual(lines.filter((_, index) => good[index]).flat())
        }),
      )
    },
  )

  it('lets readers of the same table share one reading, and read what was changed before', async () => {
    let readings = 0
    class Counting extends Recorder {
      override async read(): Promise<readonly []> {
        readings++
        expect(this.lines).toEqual(['a'])
        return super.read()
      }
    }
    const writer = new RuleWriter(new Counting())
    await Promise.all([
      writer.change(filter, ['a']),
      writer.read('ipv4', 'filter'),
      writer.read('ipv4', 'filter'),
    ])
    expect(readings).toBe(1)
  })

  it('lets nothing overtake or mix with what runs alone', async () => {
    const doors = new Recorder()
    const writer = new RuleWriter(doors)
    await Promise.all([
      writer.change(filter, ['a']),
      writer.alone(async ({ commit }) => {
        expect(doors.lines).toEqual(['a'])
        await commit.call(doors, nat, ['b'])
        await new Promise(setImmediate)
      }),
      writer.change(filter, ['c']),
    ])
    expect(doors.lines).toEqual(['a', 'b', 'c'])
  })

  it('goes on after work that ran alone has failed', async () => {
    const doors = new Recorder()
    const writer = new RuleWriter(doors)
    await expect(writer.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await writer.change(filter, ['a'])
    expect(doors.lines).toEqual(['a'])
  })

  it('finishes what is under way when it is closed, and refuses what comes later', async () => {
    const doors = new Recorder()
    const writer = new RuleWriter(doors)
    const change = writer.change(filter, ['a'])
    await writer.close()
    await change
    await expect(writer.change(filter, ['b'])).rejects.toMatchObject({ code: 'closed' })
    expect(doors.lines).toEqual(['a'])
  })
})
