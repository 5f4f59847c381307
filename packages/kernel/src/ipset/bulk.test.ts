import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import type { BulkError } from './bulk.ts'
import { Ipset } from './ipset.ts'

const count = 10_000

function address(index: number): string {
  return `10.0.${index >> 8}.${index & 255}`
}

const addresses = Array.from({ length: count }, (_, index) => address(index))

async function listed(name: string): Promise<string[]> {
  const { stdout } = await runCommand('ipset', ['save', name])
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('add '))
    .map((line) => line.split(' ')[2] ?? '')
    .sort()
}

describeOnKernel('addMany and delMany', () => {
  let sets: Ipset

  beforeEach(() => {
    sets = new Ipset()
    sets.create('a', 'hash:ip', { comment: true, timeout: 0 })
  })

  afterEach(() => {
    sets.destroyAll()
    sets.close()
  })

  test('send thousands of entries', async () => {
    expect(sets.addMany('a', addresses)).toBe(count)
    expect(await listed('a')).toEqual([...addresses].sort())
    expect(sets.delMany('a', addresses.slice(0, count - 5))).toBe(count - 5)
    expect(await listed('a')).toEqual(addresses.slice(count - 5).sort())
  })

  test('send entries of any length', async () => {
    const comment = 'x'.repeat(255)
    expect(
      sets.addMany(
        'a',
        addresses.map((element) => ({ element, comment, timeout: 1000 })),
      ),
    ).toBe(count)
    expect(sets.allEntries('a').every((entry) => entry.comment === comment)).toBe(true)
    sets.create('six', 'hash:net', { family: 'inet6' })
    const networks = addresses.map((_, index) => `2001:db8:${index.toString(16)}::/48`)
    expect(sets.addMany('six', networks)).toBe(count)
    expect((await listed('six')).length).toBe(count)
  })

  test('take what any iterable yields, and nothing at all', () => {
    expect(sets.addMany('a', new Set(['192.0.2.1', '192.0.2.2']).values())).toBe(2)
    expect(sets.addMany('a', [])).toBe(0)
  })

  test.each([0, 1, 699, 700, 5000, count - 1])(
    'stop at a bad entry %d, and keep those before it',
    async (bad) => {
      for (const [entry, code] of [
        ['2001:db8::1', 'set-family-mismatch'],
        ['nonsense', 'bad-element'],
      ] as const) {
        const entries = addresses.with(bad, entry)
        expect(() => sets.addMany('a', entries)).toThrow(expect.objectContaining({ code, line: bad }))
        expect(await listed('a')).toEqual(addresses.slice(0, bad).sort())
        sets.flush('a')
      }
    },
  )

  test('go on behind bad entries when told to', async () => {
    const isBad = (index: number): boolean => index % 7 === 0 || index < 20 || index > count - 5
    const entries = addresses.map((element, index) => {
      if (!isBad(index)) return element
      return index % 2 === 0 ? 'nonsense' : '::1'
    })
    const errors: BulkError[] = []
    const accepted = sets.addMany('a', entries, { onError: (error) => errors.push(error) })
    const bad = addresses.map((_, index) => index).filter(isBad)
    expect(errors.map(({ line }) => line)).toEqual(bad)
    expect(
      errors.every(({ code, line = 0 }) => code === (line % 2 === 0 ? 'bad-element' : 'set-family-mismatch')),
    ).toBe(true)
    expect(accepted).toBe(count - bad.length)
    expect(await listed('a')).toEqual(addresses.filter((_, index) => !isBad(index)).sort())
  })

  test('go on when every single entry is refused', () => {
    sets.addMany('a', addresses)
    let refused = 0
    const onError = ({ code }: BulkError): void => {
      if (code === 'entry-exists') refused++
    }
    expect(sets.addMany('a', addresses, { onError })).toBe(0)
    expect(refused).toBe(count)
    expect(sets.addMany('a', addresses, { exists: 'ignore' })).toBe(count)
  })

  test('end when the callback throws', async () => {
    const stop = new Error('enough')
    const onError = (): void => {
      throw stop
    }
    expect(() => sets.addMany('a', ['192.0.2.1', '::1', '192.0.2.2'], { onError })).toThrow(stop)
    expect(await listed('a')).toEqual(['192.0.2.1'])
  })

  test('name the entries that did not fit, and keep the others', async () => {
    sets.create('small', 'hash:ip', { maxelem: 3 })
    const lines: (number | undefined)[] = []
    const onError = ({ code, line }: BulkError): void => {
      expect(code).toBe('set-full')
      lines.push(line)
    }
    expect(sets.addMany('small', addresses.slice(0, 6), { onError })).toBe(3)
    expect(lines).toEqual([3, 4, 5])
    expect(await listed('small')).toHaveLength(3)
  })

  test('end when the set is destroyed meanwhile, and say how far they came', () => {
    function* entries(): Generator<string> {
      for (const [index, element] of addresses.entries()) {
        if (index === 5000) sets.destroy('a')
        yield element
      }
    }
    let caught: unknown
    try {
      sets.addMany('a', entries(), { onError: () => expect.unreachable() })
    } catch (error) {
      caught = error
    }
    expect(caught).toMatchObject({ code: 'set-not-found', line: expect.any(Number) })
  })

  test('give the same error for one bad entry as add gives', () => {
    expect(() => sets.add('a', '::1')).toThrow(/^ipset add a ::1: the set holds IPv4 addresses/)
    expect(() => sets.addMany('a', ['::1'])).toThrow(/^ipset add a ::1: the set holds IPv4 addresses/)
  })
})
