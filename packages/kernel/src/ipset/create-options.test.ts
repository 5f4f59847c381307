import { describe, expect, test } from 'vitest'
import { checkRevision, createValues, readCreateOptions } from './create-options.ts'
import { dataFlags } from './messages.ts'
import { setType } from './types.ts'

const hashIp = setType('hash:ip')

describe('create options', () => {
  test('become attributes, and are read back from them', () => {
    const options = { maxelem: 7, bitmask: '255.0.255.0', counters: true, forceadd: true }
    const values = createValues('hash:ip', hashIp, { ...options, comment: false })
    expect(values).toEqual({
      maxelem: 7,
      bitmask: { ipv4: Uint8Array.of(255, 0, 255, 0) },
      flags: dataFlags.counters | dataFlags.forceadd,
    })
    expect(readCreateOptions('hash:ip', 'inet', values)).toEqual({ family: 'inet', ...options })
    expect(readCreateOptions('bitmap:port', 'unspec', { timeout: 3 })).toEqual({ timeout: 3 })
  })

  test('need a revision of the type that has them', () => {
    const check = (options: Parameters<typeof checkRevision>[2], revision: number): void =>
      checkRevision('hash:ip', hashIp, options, revision, 'ipset create a hash:ip')
    check({ counters: true, bucketsize: 4 }, 5)
    check({ counters: false, timeout: 3 }, 0)
    expect(() => check({ counters: true, bucketsize: 4 }, 4)).toThrow(
      expect.objectContaining({
        code: 'set-option-unsupported',
        message: expect.stringContaining('the option bucketsize needs revision 5'),
      }),
    )
  })
})
