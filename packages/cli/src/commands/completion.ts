import { suggest } from 'chainmail/suggest'
import type { Argument, Command, CommandGroup } from '../command.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { quoted, wrongUsage } from '../refusal.ts'

type Script = (commands: readonly Command[], groups: readonly CommandGroup[]) => readonly string[]

const scripts: Readonly<Record<string, Script>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}
const shells = Object.keys(scripts)

const shellArgument: Argument = {
  name: 'SHELL',
  about: `the shell: ${shells.join(', ')}`,
  required: true,
  completes: shells,
}

/** @param commands all of them, this one too, once they exist */
export function completionCommandFor(
  commands: () => readonly Command[],
  groups: readonly CommandGroup[],
): Command {
  return {
    name: 'completion',
    about: 'print a script that lets a shell complete commands, options, sets and banned addresses',
    description: [
      'Prints a script for the shell to read. Run it once to try it; put the line into the start-up file of the shell to keep it.',
    ],
    arguments: [shellArgument],
    options: [],
    examples: [
      { command: 'eval "$(chainmail completion bash)"', about: 'in ~/.bashrc' },
      { command: 'source <(chainmail completion zsh)', about: 'in ~/.zshrc, behind compinit' },
      { command: 'chainmail completion fish | source', about: 'in ~/.config/fish/config.fish' },
    ],
    exits: {},
    run: async (input) => {
      const shell = input.required(shellArgument)
      const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
      if (script === undefined) {
        const nearest = suggest(shell, shells)
        throw wrongUsage(
          `There is no completion for ${quoted(shell)}; there is for ${shells.join(', ')}.`,
          nearest === undefined ? undefined : `Did you mean: chainmail completion ${nearest}`,
        )
      }
      const lines = script(commands(), groups)
      return { document: { shell, script: lines.join('\n') }, lines: () => lines }
    },
  }
}
