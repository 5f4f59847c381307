import { expect, test } from 'vitest'
import { entryCheck } from './entry-check.ts'

test.each([
  ['hash:ip', undefined, '192.0.2.1'],
  ['hash:net', 'inet', '192.0.2.0/24'],
  ['hash:net', 'inet6', '2001:db8::/32'],
  ['hash:ip,port', 'inet', '192.0.2.1,tcp:80'],
  ['bitmap:port', undefined, '80-90'],
] as const)('a set of type %s and family %s takes %s', (type, family, element) => {
  expect(() => entryCheck(type, family)(element)).not.toThrow()
  expect(() => entryCheck(type, family)({ element, timeout: 60, comment: 'why' })).not.toThrow()
})

test.each([
  ['hash:ip', undefined, '192.0.2.300', 'bad-element'],
  ['hash:ip,port', undefined, '192.0.2.1', 'bad-element'],
  ['hash:net', 'inet6', '192.0.2.1', 'set-family-mismatch'],
  ['hash:net,port', 'inet', '2001:db8::1,tcp:80', 'set-family-mismatch'],
] as const)('a set of type %s and family %s does not take %s: %s', (type, family, element, code) => {
  expect(() => entryCheck(type, family)(element)).toThrow(expect.objectContaining({ code }))
})

test('options that the type lacks, or values out of their range, are refused', () => {
  const check = entryCheck('hash:ip')
  for (const options of [{ nomatch: true }, { timeout: -1 }, { comment: 'a\nb' }])
    expect(() => check({ element: '192.0.2.1', ...options })).toThrow(
      expect.objectContaining({ code: 'bad-entry-option' }),
    )
})

test('a type that the library does not know is refused', () => {
  expect(() => entryCheck('hash:nothing')).toThrow(expect.objectContaining({ code: 'set-type-unsupported' }))
})
