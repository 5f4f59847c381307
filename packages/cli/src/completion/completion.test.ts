import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { optionsOf } from '../command.ts'
import { commands, groups } from '../commands/index.ts'
import { firstWords } from '../find-command.ts'
import { bashCompletion } from './bash.ts'
import { fishCompletion } from './fish.ts'
import { zshCompletion } from './zsh.ts'

const folder = mkdtempSync(join(tmpdir(), 'chainmail-completion-'))
afterAll(() => rmSync(folder, { recursive: true }))

const banned = ['198.51.100.7', '2001:db8::1', '2001:db8::/32', '$(touch$IFS/expanded)', '*']
writeFileSync(
  join(folder, 'chainmail'),
  `#!/bin/sh\nif [ "$1" = sets ]; then printf 'NAME\\ncustomers  hash:net\\ntrials  hash:ip\\n'; exit; fi\nprintf 'ADDRESS\\n'\n${banned.map((address) => `printf '%s  5m\\n' '${address}'`).join('\n')}\n`,
)
chmodSync(join(folder, 'chainmail'), 0o755)
writeFileSync(join(folder, 'completion.bash'), bashCompletion(commands, groups).join('\n'))

/** What bash offers behind a line that is typed so far. */
function offers(line: string): string[] {
  const program = `source "$1"; COMP_LINE=$2 COMP_POINT=\${#2}; _chainmail; printf '%s\\n' "\${COMPREPLY[@]}"`
  const output = execFileSync('bash', ['-c', program, 'bash', join(folder, 'completion.bash'), line], {
    encoding: 'utf8',
    env: { ...process.env, PATH: folder + delimiter + process.env.PATH },
  })
  return output.split('\n').filter((word) => word !== '')
}

describe('completion in bash', () => {
  test('offers every command', () => {
    expect(offers('chainmail ')).toEqual(firstWords(commands))
  })

  test.each(commands.map((command) => [command.name, command] as const))(
    'offers every option of %s',
    (name, command) => {
      expect(offers(`chainmail ${name} --`)).toEqual(optionsOf(command).map((option) => `--${option.name}`))
    },
  )

  test.each([
    ['chainmail st', ['status']],
    ['chainmail se', ['sets']],
    ['chainmail allow ', ['add', 'del', 'list']],
    ['chainmail recent ', ['list', 'show', 'add', 'del', 'flush']],
    ['chainmail --json sets s', ['show', 'swap', 'save']],
    ['chainmail sets show cust', ['customers']],
    ['chainmail sets swap customers ', ['customers', 'trials']],
    ['chainmail sets load customers list --format j', ['json']],
    ['chainmail sets create a bitmap:', ['ip', 'ip,mac', 'port']],
    ['chainmail help s', ['sets', 'show', 'status', 'script']],
    ['chainmail --json rul', ['rules', 'rule']],
    ['chainmail --socket /s ban', ['ban', 'bans']],
    ['chainmail rules --table ', ['filter', 'nat', 'mangle', 'raw', 'security']],
    ['chainmail rules -t m', ['mangle']],
    ['chainmail rules --family ipv6 P', ['PREROUTING', 'POSTROUTING']],
    ['chainmail completion ', ['bash', 'zsh', 'fish']],
    ['chainmail help com', ['completion']],
    ['chainmail ban 192.0.2.1 --for ', []],
    ['chainmail ban 192.0.2.1 --scope ', []],
    ['chainmail unban 198', ['198.51.100.7']],
    ['chainmail unban 192.0.2.1 ', []],
  ])('offers behind %j: %j', (line, words) => {
    expect(offers(line)).toEqual(words)
  })

  test('knows that bash cuts an IPv6 address at its colons', () => {
    expect(offers('chainmail unban 2001:db8::')).toEqual(['1', '/32'])
  })

  test('offers what is banned as it is, and runs or expands nothing of it', () => {
    expect(offers('chainmail unban ')).toEqual(banned)
  })
})

describe('the scripts for the other shells', () => {
  test.each([
    ['zsh', zshCompletion, (option: string) => `--${option}`],
    ['fish', fishCompletion, (option: string) => `-l ${option}`],
  ])('name every command and option: %s', (_, completion, spelling) => {
    const script = completion(commands, groups).join('\n')
    for (const command of commands) {
      for (const word of command.name.split(' ')) expect(script).toContain(word)
      for (const { name } of optionsOf(command)) expect(script).toContain(spelling(name))
    }
  })
})
