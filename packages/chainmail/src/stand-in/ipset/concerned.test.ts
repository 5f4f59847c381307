import { describe, expect, test } from 'vitest'
import { concernedSets } from './concerned.ts'

describe('the sets that a call of ipset may change', () => {
  test.each([
    ['list', '', [], false],
    ['test a 192.0.2.1', '', [], false],
    ['-exist add a 192.0.2.1', '', ['a'], false],
    ['-o save flush', '', [], true],
    ['swap a b', '', ['a', 'b'], false],
    ['des', '', [], true],
    ['create', '', [], false],
    ['restore', 'create a hash:ip\nadd b 192.0.2.1\nren b c\nlist d\n', ['a', 'b', 'c'], false],
    ['restore', 'add a 192.0.2.1 -exist "open\n', ['a'], false],
    ['restore', '"add" "" a 192.0.2.1\n', ['a'], false],
    ['-', 'no such\nx a\n', ['a'], false],
    ['-', 'flush\n', [], true],
  ])('%s <<< %j: %j, all: %j', (words, input, names, all) => {
    expect(concernedSets(words.split(' '), input)).toEqual({ names, all })
  })
})
