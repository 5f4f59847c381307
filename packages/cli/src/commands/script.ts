import { accessOptions, type Command } from '../command.ts'
import { flag } from '../option.ts'
import { fileArgument, readRuleText } from '../rule-text.ts'
import { readScript } from '../stand-in/script.ts'

const keepGoing = flag({
  name: 'keep-going',
  about: 'go on behind a command that ends with another code than 0',
})

export const scriptCommand: Command = {
  name: 'script',
  about: 'run a script of iptables and ipset commands in one go',
  description: [
    'Runs commands of iptables, ip6tables, ipset and their kin in their order, one a line, up to the first that fails. A daemon makes no other change of rules and sets between them, whoever asks for it, and what they have changed becomes one revision: chainmail rollback takes all of it back.',
    'The lines are split as a shell splits them, quotation marks and comments included; what a shell would expand, run or redirect is refused before anything is done. With --direct, other programs may change rules in between.',
  ],
  arguments: [fileArgument],
  options: [keepGoing, ...accessOptions],
  examples: [
    { command: 'chainmail script firewall.sh', about: 'a file of commands' },
    { command: 'chainmail script --keep-going rules.sh', about: 'whatever becomes of each command' },
  ],
  exits: { done: 'all of them are done; any other code is that of the first that failed' },
  run: async (input, session) => {
    const calls = await readScript(await readRuleText(input.argument(fileArgument), session))
    const { programs } = await session.access()
    const outcome = await programs.runScript(calls, input.has(keepGoing))
    const { runs } = outcome
    const failed = runs.find(({ code }) => code !== 0)
    const left = calls.length - runs.length
    const words =
      left === 0
        ? ''
        : `chainmail: command ${runs.length} of ${calls.length} ended with ${failed?.code}; those behind it were not run.\n`
    return {
      document: outcome,
      lines: () => [],
      program: {
        code: failed?.code ?? 0,
        stdout: runs.map(({ stdout }) => stdout).join(''),
        stderr: runs.map(({ stderr }) => stderr).join('') + words,
      },
    }
  },
}
