import { describe, expect, test } from 'vitest'
import { explain, type Request } from './refusal.ts'

function explained(request: Request, errno: number): { code: string; message: string } {
  return explain(request, { errno, extendedAck: undefined, offset: undefined, request: new Uint8Array(0) })
}

const add: Request = { command: 'add', name: 'a', type: 'hash:ip', family: 'inet', element: '192.0.2.1' }
const create: Request = { command: 'create', name: 'a', type: 'hash:ip' }

describe('explain', () => {
  test.each<[Request, number, string]>([
    [add, 1, 'not-permitted'],
    [add, 2, 'set-not-found'],
    [add, 12, 'kernel-out-of-memory'],
    [add, 22, 'kernel-refused'],
    [add, 4097, 'entry-refused'],
    [{ ...add, family: 'inet6' }, 4097, 'set-family-mismatch'],
    [{ ...add, element: '::1' }, 4097, 'set-family-mismatch'],
    [add, 4103, 'entry-exists'],
    [{ ...add, command: 'del' }, 4103, 'entry-not-found'],
    [add, 4104, 'entry-refused'],
    [add, 4107, 'set-option-missing'],
    [add, 4109, 'set-family-mismatch'],
    [add, 4111, 'set-option-missing'],
    [add, 4112, 'set-option-missing'],
    [add, 4114, 'set-option-missing'],
    [add, 4352, 'set-full'],
    [{ ...add, type: 'bitmap:ip' }, 4352, 'entry-refused'],
    [{ ...add, type: 'list:set' }, 4352, 'entry-refused'],
    [{ ...add, type: 'list:set' }, 4356, 'set-full'],
    [{ ...add, type: undefined }, 4352, 'kernel-refused'],
    [create, 17, 'set-exists'],
    [create, 4097, 'set-option-refused'],
    [create, 4098, 'set-type-unsupported'],
    [create, 4099, 'set-limit-reached'],
    [create, 4104, 'set-option-refused'],
    [create, 4105, 'set-option-refused'],
    [{ ...create, type: 'bitmap:ip' }, 4353, 'set-option-refused'],
    [{ command: 'destroy', name: 'a' }, 4100, 'set-in-use'],
    [{ command: 'rename', name: 'a', name2: 'b' }, 4101, 'set-exists'],
    [{ command: 'rename', name: 'a', name2: 'b' }, 4108, 'set-in-use'],
    [{ command: 'swap', name: 'a', name2: 'b' }, 4101, 'set-not-found'],
    [{ command: 'swap', name: 'a', name2: 'b' }, 4102, 'set-type-mismatch'],
    [{ command: 'swap', name: 'a', name2: 'b' }, 16, 'set-in-use'],
    [{ command: 'protocol' }, 4097, 'kernel-refused'],
  ])('%j refused with errno %d is %s', (request, errno, code) => {
    const error = explained(request, errno)
    expect(error.code).toBe(code)
    expect(error.message).toMatch(/^ipset [a-z]+.*: .*[^.]\.$/)
  })

  test('says what was done, what is wrong and what to do', () => {
    expect(explained({ ...add, type: 'hash:ip' }, 2).message).toBe(
      'ipset add a 192.0.2.1: there is no set "a"; create it first.',
    )
  })

  test('hands on the words of the kernel', () => {
    const refusal = { errno: 22, extendedAck: 'bad attribute', offset: 24, request: new Uint8Array(0) }
    expect(explain(create, refusal)).toMatchObject({
      message:
        'ipset create a hash:ip: the kernel says EINVAL, invalid argument (the kernel: bad attribute).',
      errnoName: 'EINVAL',
      extendedAck: 'bad attribute',
      offset: 24,
    })
  })

  test('quotes what is not a plain word', () => {
    expect(explained({ command: 'flush', name: 'a\nb' }, 2).message).toMatch(/^ipset flush "a\\nb": /)
  })
})
