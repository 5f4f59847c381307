import { describe, expect, it } from 'vitest'
import { entriesOf, limited, resultsOf } from './sets-stream.ts'

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array, void> {
  for (const text of texts) yield Buffer.from(text)
}

async function* stalled(): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from('"192.0.2.1"\n')
  await new Promise(() => undefined)
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

const taken = async (entries: Iterable<unknown>) => ({ accepted: Array.from(entries).length, refused: [] })
const options = { onlyRefused: false, onFault: () => undefined }

describe('a stream', () => {
  it('is refused when it pauses for too long', async () => {
    await expect(all(limited(stalled(), { bytes: 1000, pause: 5 }))).rejects.toMatchObject({
      code: 'request-timeout',
    })
  })

  it('is refused when it is too long', async () => {
    const long = limited(pieces('1234', '5678', '9'), { bytes: 8, pause: 1000 })
    await expect(all(long)).rejects.toMatchObject({ code: 'body-too-large' })
    expect(await all(limited(pieces('1234', '5678'), { bytes: 8, pause: 1000 }))).toHaveLength(2)
  })

  it('says how far it came when it ends early', async () => {
    const body = limited(stalled(), { bytes: 1000, pause: 5 })
    expect(await all(resultsOf(body, taken, options))).toEqual([
      '{"line":1,"element":"192.0.2.1","ok":true}\n',
      expect.stringMatching(
        /^\{"summary":\{"complete":false,"lines":1,"accepted":1,"refused":0,"error":\{"code":"request-timeout",/,
      ),
    ])
  })

  it('is read whatever the pieces are that it comes in', async () => {
    const body = pieces('"192.0.', '2.1"\n{"element":"192.0.2.2","comment":"\u00e9', '"}\r\n', '"192.0.2.3"')
    expect(await all(entriesOf(body))).toEqual([
      '192.0.2.1',
      { element: '192.0.2.2', comment: 'é' },
      '192.0.2.3',
    ])
  })

  it('has no results where it has no lines', async () => {
    expect(await all(resultsOf(pieces(), taken, options))).toEqual([
      '{"summary":{"complete":true,"lines":0,"accepted":0,"refused":0}}\n',
    ])
  })

  it('tells of a fault of the daemon without its inside', async () => {
    const faults: unknown[] = []
    const broken = async () => {
      throw new Error('secret')
    }
    const lines = await all(
      resultsOf(pieces('"192.0.2.1"\n'), broken, { ...options, onFault: (fault) => faults.push(fault) }),
    )
    expect(lines.join('')).toContain('"code":"internal"')
    expect(lines.join('')).not.toContain('secret')
    expect(faults).toMatchObject([{ message: 'secret' }])
  })

  it('names the line of a replacement that cannot be read', async () => {
    const read = all(entriesOf(pieces('"192.0.2.1"\n', 'x\n')))
    await expect(read).rejects.toMatchObject({ code: 'bad-json', path: 'line 2' })
  })
})
