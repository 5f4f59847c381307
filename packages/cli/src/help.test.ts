import { describe, expect, test } from 'vitest'
import { optionsOf } from './command.ts'
import { commands, groups } from './commands/index.ts'
import { exitCodes, exitsOf } from './exit-code.ts'
import { commandsOf } from './find-command.ts'
import { commandHelp, groupHelp, overviewHelp } from './help.ts'
import { parse } from './parse.ts'
import { plain } from './terminal/style.ts'
import { width } from './terminal/text.ts'

const wide = { columns: 200, style: plain }
/** Without its line breaks. */
const flat = (lines: readonly string[]): string => lines.join(' ').replace(/\s+/g, ' ')
const named = commands.map((command) => [command.name, command] as const)

describe('the help', () => {
  test('lists every command with what it does', () => {
    const help = flat(overviewHelp(commands, groups, wide))
    for (const { name, about } of [...commands.filter(({ name }) => !name.includes(' ')), ...groups]) {
      expect(help).toContain(name)
      expect(help).toContain(about)
    }
  })

  test.each(groups)('lists every command of $name with what it does', (group) => {
    const members = commandsOf(group, commands)
    expect(members.length).toBeGreaterThan(0)
    const help = flat(groupHelp(group, members, wide))
    for (const { name, about } of members) {
      expect(help).toContain(name)
      expect(help).toContain(about)
    }
  })

  test('tells every exit code', () => {
    const help = flat(overviewHelp(commands, groups, wide))
    for (const { code, about } of Object.values(exitCodes)) expect(help).toContain(`${code} ${about}`)
  })

  test.each(named)('of %s tells all of its arguments, options, examples and exit codes', (_, command) => {
    const help = flat(commandHelp(command, wide))
    for (const argument of command.arguments) expect(help).toContain(`${argument.name} ${argument.about}`)
    for (const option of optionsOf(command)) {
      expect(help).toContain(`--${option.name}`)
      expect(help).toContain(option.about)
      if (option.short !== undefined) expect(help).toContain(`-${option.short}, --${option.name}`)
      if (option.kind !== 'value') continue
      expect(help).toContain(`--${option.name} ${option.placeholder}`)
      for (const choice of option.choices ?? []) expect(help).toContain(choice)
      if (option.otherwise !== undefined) expect(help).toContain(`default: ${option.otherwise}`)
    }
    for (const example of command.examples) expect(help).toContain(`${example.command} ${example.about}`)
    for (const { code, about } of exitsOf(command)) expect(help).toContain(`${code} ${about}`)
  })

  test.each(named)('of %s has examples that are right', (name, command) => {
    expect(command.examples.length).toBeGreaterThan(0)
    for (const { command: line } of command.examples) {
      const [, words = ''] = /chainmail ([^)|]*)/.exec(line) ?? []
      const split = words.trim().match(/"[^"]*"|\S+/g) ?? []
      expect(parse(split).command.name).toBe(name)
    }
  })

  test.each(named)('of %s fits the terminal', (_, command) => {
    for (const columns of [64, 80, 132]) {
      for (const line of [
        ...commandHelp(command, { columns, style: plain }),
        ...overviewHelp(commands, groups, { columns, style: plain }),
      ]) {
        expect(width(line), line).toBeLessThanOrEqual(columns)
      }
    }
  })
})
