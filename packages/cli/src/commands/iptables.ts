import type { ProgramOutcome, ProgramsAccess } from '../access/programs.ts'
import { type Argument, accessOptions, type Command, type Session } from '../command.ts'
import { runIpset } from '../stand-in/ipset-files.ts'
import type { StandInProgram } from '../stand-in/programs.ts'
import { standInPrograms } from '../stand-in/programs.ts'
import { restoreInput } from '../stand-in/restore-input.ts'
import { runSave } from '../stand-in/save-file.ts'

const words: Argument = {
  name: 'ARGUMENTS',
  about: "the program's own arguments, handed on as they are",
  required: false,
  repeats: true,
}

const abouts: Readonly<Record<StandInProgram, string>> = {
  iptables: 'do what iptables would do, with its arguments, output and exit codes',
  ip6tables: 'do what ip6tables would do, with its arguments, output and exit codes',
  'iptables-save': 'print the rules as iptables-save does',
  'ip6tables-save': 'print the rules as ip6tables-save does',
  'iptables-restore': 'load rules as iptables-restore does',
  'ip6tables-restore': 'load rules as ip6tables-restore does',
  ipset: 'do what ipset would do, with its arguments, output and exit codes',
}

const samples: Readonly<Record<StandInProgram, readonly [words: string, about: string]>> = {
  iptables: ['-A INPUT -p tcp --dport 22 -j DROP', 'append a rule'],
  ip6tables: ['-L INPUT -n --line-numbers', 'list a chain'],
  'iptables-save': ['-t nat', 'the rules of one table'],
  'ip6tables-save': ['-c', 'with what the rules have counted'],
  'iptables-restore': ['--noflush rules.v4', 'add what a file says'],
  'ip6tables-restore': ['--test rules.v6', 'only look whether it can be read'],
  ipset: ['add customers 192.0.2.7 -exist', 'add an entry to a set'],
}

/** The programs of iptables, and ipset, each a command that reads its own arguments. */
export const programCommands: readonly Command[] = standInPrograms.map(commandFor)

function commandFor(program: StandInProgram): Command {
  const [arguments_, about] = samples[program]
  return {
    name: program,
    about: abouts[program],
    description: [
      `Stands in for ${program}: a script that calls it runs unchanged, and its changes go the way of all others. What chainmail itself is to be told stands before the program's name, as in chainmail --direct ${program}.`,
      `A link that is named ${program} and leads to chainmail stands in for the program too; CHAINMAIL_DIRECT=1 in the environment then asks for the kernel instead of a daemon.`,
    ],
    arguments: [words],
    options: accessOptions,
    examples: [{ command: `chainmail --direct ${program} ${arguments_}`, about }],
    exits: { done: `done; any other code is that of ${program}` },
    readsOwnArguments: true,
    run: async (input, session) => {
      const access = await session.access()
      const outcome = await runProgram(program, input.all(words), session, access.programs)
      return { document: outcome, lines: () => [], program: outcome }
    },
  }
}

async function runProgram(
  program: StandInProgram,
  given: readonly string[],
  session: Session,
  programs: ProgramsAccess,
): Promise<ProgramOutcome> {
  if (program === 'ipset') return runIpset(given, session, (own, text) => programs.run(program, own, text))
  if (program.endsWith('-save')) return runSave(given, (own) => programs.run(program, own, ''))
  if (!program.endsWith('-restore')) return programs.run(program, given, '')
  const { own, text } = await restoreInput(given, session)
  return programs.run(program, own, text)
}
