import { describe, expect, test } from 'vitest'
import { directOption, type Input, jsonOption, optionsOf, socketOption } from './command.ts'
import { commands } from './commands/index.ts'
import { parse } from './parse.ts'
import { Refusal } from './refusal.ts'

function commandAndArguments(input: Input): readonly (string | undefined)[] {
  return [input.command.name, ...input.command.arguments.map((argument) => input.argument(argument))]
}

function refusalOf(words: readonly string[]): Refusal {
  try {
    parse(words)
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error(`these words were taken: ${words.join(' ')}`)
}

describe('the words of the command line', () => {
  test('name a command and its arguments', () => {
    expect(commandAndArguments(parse(['ban', '198.51.100.7']))).toEqual(['ban', '198.51.100.7'])
  })

  test('may hold options anywhere', () => {
    for (const words of [
      ['--json', '--socket', '/s', 'unban', '192.0.2.1'],
      ['unban', '--json', '--socket=/s', '192.0.2.1'],
      ['unban', '192.0.2.1', '--socket', '/s', '--json'],
    ]) {
      const input = parse(words)
      expect(commandAndArguments(input)).toEqual(['unban', '192.0.2.1'])
      expect(input.has(jsonOption)).toBe(true)
      expect(input.has(directOption)).toBe(false)
      expect(input.value(socketOption)).toBe('/s')
    }
  })

  test('behind -- are arguments, whatever they look like', () => {
    expect(commandAndArguments(parse(['ban', '--', '--json']))).toEqual(['ban', '--json'])
  })

  test('may leave out what is optional', () => {
    expect(commandAndArguments(parse(['rules']))).toEqual(['rules', undefined])
  })

  test('ask for help with --help or -h, whatever stands beside it', () => {
    expect(commandAndArguments(parse(['ban', '--help']))).toEqual(['help', 'ban'])
    expect(commandAndArguments(parse(['-h', 'ban', '--nonsense']))).toEqual(['help', 'ban'])
    expect(commandAndArguments(parse(['--help']))).toEqual(['help', undefined])
  })

  test('ask for the version with --version or -V', () => {
    expect(commandAndArguments(parse(['--version']))).toEqual(['version'])
    expect(commandAndArguments(parse(['-V', '--json']))).toEqual(['version'])
  })

  test.each([
    [['bnas'], 'There is no command "bnas".', 'Did you mean: chainmail bans'],
    [['firewall'], 'There is no command "firewall".', 'chainmail help lists the commands.'],
    [['bans', '--jsn'], 'There is no option --jsn.', 'Did you mean: --json'],
    [['bans', '-x'], 'There is no option -x.', /^chainmail help lists/],
    [
      ['bans', '--for', '10m'],
      'chainmail bans has no option --for.',
      'chainmail help bans lists its options.',
    ],
    [
      ['b'.repeat(1_000_000)],
      `There is no command "${'b'.repeat(60)}…".`,
      'chainmail help lists the commands.',
    ],
    [['--socket', '/s'], 'A command is missing.', 'chainmail help lists the commands.'],
    [['ban'], /^chainmail ban needs ADDRESS: an IPv4/, 'For example: chainmail ban 198.51.100.7'],
    [['ban', '192.0.2.1', '10m'], /only, and got "10m" as well\.$/, undefined],
    [['bans', '192.0.2.1'], 'chainmail bans takes no argument, and got "192.0.2.1".', undefined],
    [['ban', '192.0.2.1', '--for'], /^--for needs a value: DURATION/, undefined],
    [['ban', '192.0.2.1', '--for', '--json'], /^--for needs a value/, /is written --for=--json$/],
    [['ban', '192.0.2.1', '--for', '1m', '--for', '2m'], '--for is given twice.', undefined],
    [['bans', '--json=yes'], '--json takes no value.', undefined],
    [['rules', '--table', 'filtre'], /^--table is one of filter, nat/, 'Did you mean: --table filter'],
  ])('%j are refused as wrong usage', (words, detail, advice) => {
    const refusal = refusalOf(words)
    expect(refusal.code).toBe('usage')
    expect(refusal.message).toMatch(detail)
    if (advice === undefined) expect(refusal.advice).toBeUndefined()
    else expect(refusal.advice).toMatch(advice)
  })
})

describe('the tables of options', () => {
  test('mean the same by the same name in every command', () => {
    const byName = new Map<string, unknown>()
    for (const { name, kind, ...option } of commands.flatMap(optionsOf)) {
      const form = [kind, option.short]
      expect(byName.get(name) ?? form, name).toEqual(form)
      byName.set(name, form)
    }
  })

  test('use no short form twice', () => {
    for (const command of commands) {
      const shorts = optionsOf(command).flatMap(({ short }) => short ?? [])
      expect(new Set(shorts).size, command.name).toBe(shorts.length)
    }
  })

  test('have optional arguments behind the required ones only', () => {
    for (const command of commands) {
      const required = command.arguments.map((argument) => argument.required)
      expect(required, command.name).toEqual(required.toSorted((one, other) => Number(other) - Number(one)))
    }
  })
})
