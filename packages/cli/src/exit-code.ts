import { accessOptions, type Command } from './command.ts'

/** What the command's exit codes mean. Scripts branch on them: a code never changes its meaning. */
export const exitCodes = {
  done: { code: 0, about: 'done' },
  refused: {
    code: 1,
    about: 'refused or not found: the daemon or the kernel said no; of plan, wrong usage too',
  },
  changes: { code: 2, about: 'plan: there is something to do' },
  usage: {
    code: 2,
    about: 'wrong usage: an unknown command or option, or a value that cannot be read (plan: 1)',
  },
  unreachable: { code: 3, about: 'no daemon is reachable that is to be trusted; the message tells more' },
  'not-permitted': {
    code: 4,
    about:
      "not permitted: the daemon's socket or the kernel is not for this user, or the daemon wants another credential",
  },
  interrupted: { code: 130, about: 'interrupted with Ctrl-C' },
} as const

export type ExitReason = keyof typeof exitCodes

export interface Exit {
  readonly code: number
  readonly about: string
}

const notPermitted: ReadonlySet<string> = new Set([
  'not-permitted',
  'socket-not-permitted',
  'not-authenticated',
  'permission-missing',
  'second-factor-required',
  'second-factor-wrong',
])

/** Why a command that met an error of this code ends. */
export function exitReason(errorCode: string): ExitReason {
  if (notPermitted.has(errorCode)) return 'not-permitted'
  if (errorCode === 'no-daemon' || errorCode === 'daemon-not-trusted') return 'unreachable'
  if (errorCode.startsWith('bad-') || errorCode === 'usage') return 'usage'
  return 'refused'
}

/** The exit codes of a command, in its own words where it has some. */
export function exitsOf(command: Command): readonly Exit[] {
  const reachesFirewall = accessOptions.every((option) => command.options.includes(option))
  const reasons: readonly ExitReason[] = reachesFirewall
    ? [
        'done',
        'refused',
        tellsChanges(command) ? 'changes' : 'usage',
        'unreachable',
        'not-permitted',
        'interrupted',
      ]
    : command.exits.refused === undefined
      ? ['done', 'usage', 'interrupted']
      : ['done', 'refused', 'usage', 'interrupted']
  return reasons.map((reason) => ({
    code: exitCodes[reason].code,
    about: command.exits[reason] ?? exitCodes[reason].about,
  }))
}

/** Whether the command's exit code 2 tells of changes; wrong usage of it ends with 1, so that no script takes it for them. */
export function tellsChanges({ exits }: Command): boolean {
  return exits.changes !== undefined
}
