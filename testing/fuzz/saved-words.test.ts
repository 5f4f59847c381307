import { expect, it } from 'vitest'
import { savedWords } from './saved-words.ts'

it.each<[string, string[]]>([
  ['-p tcp -j DROP', ['-p', 'tcp', '-j', 'DROP']],
  ['--comment "-j ACCEPT" -j DROP', ['--comment', '-j ACCEPT', '-j', 'DROP']],
  ['--comment "a \\" -j ACCEPT \\\\" -j DROP', ['--comment', 'a " -j ACCEPT \\', '-j', 'DROP']],
  ['--comment "" -j DROP', ['--comment', '', '-j', 'DROP']],
  ['', []],
])('%s has the words %j', (line, words) => {
  expect(savedWords(line)).toEqual(words)
})
