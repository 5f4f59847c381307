import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { InputError, inputErrorCodes, KernelError, kernelErrorCodes, quote } from './errors.ts'

const sources = globSync('**/*.ts', { cwd: import.meta.dirname })
  .filter((file) => !file.endsWith('.test.ts') && file !== 'errors.ts')
  .map((file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8'))

test.each([...Object.keys(kernelErrorCodes), ...Object.keys(inputErrorCodes)])(
  'the code %s is raised somewhere',
  (code) => {
    expect(sources.some((source) => source.includes(`'${code}'`))).toBe(true)
  },
)

test('a KernelError names its errno', () => {
  const error = new KernelError('set-in-use', 'in use', { operation: 'ipset destroy a', errno: 16, line: 3 })
  expect(error).toMatchObject({ name: 'KernelError', errno: 16, errnoName: 'EBUSY', line: 3 })
  expect(new KernelError('set-full', 'full', { operation: 'x', errno: 4352 }).errnoName).toBe('errno 4352')
})

test('an InputError can be put down to an item of a bulk request', () => {
  expect(new InputError('bad-element', 'no').atLine(7)).toMatchObject({ code: 'bad-element', line: 7 })
})

test('what a caller sent is quoted on one line and cut short', () => {
  expect(quote('a"b\nc\0')).toBe('"a\\"b\\nc\\u0000"')
  expect(quote('x'.repeat(100))).toHaveLength(63)
})
