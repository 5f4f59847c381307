import type { Step } from '@chainmail/daemon/installation'
import type { Answer, Command, Input } from '../command.ts'
import { flag, text } from '../option.ts'
import { asRefusal } from '../refusal.ts'
import { printable } from '../terminal/text.ts'

const dryRunOption = flag({ name: 'dry-run', about: 'tell what would be done, and change nothing' })
const rootOption = text({
  name: 'root',
  placeholder: 'FOLDER',
  completes: 'file',
  about:
    'a folder that stands for the root folder, for packagers: only files are written, and no program runs',
})
const purgeOption = flag({ name: 'purge', about: 'remove the configuration, the state and the user too' })

const options = [dryRunOption, rootOption] as const

export const installCommand: Command = {
  name: 'install',
  about: 'install the daemon as a service of systemd that runs without root',
  description: [
    'Puts in place what the service needs: the system user chainmail, the units, a configuration file with every default, folders and their permissions; and enables the units. What is there already stays, and an edited configuration is never overwritten.',
    'The service has CAP_NET_ADMIN and CAP_NET_RAW and no other capability. It starts before the network comes up. Members of the group chainmail may use its socket.',
  ],
  arguments: [],
  options,
  examples: [
    { command: 'chainmail install --dry-run', about: 'to see first' },
    { command: 'sudo chainmail install', about: 'then: sudo systemctl restart chainmail' },
  ],
  exits: { done: 'everything is in place', refused: 'something could not be put in place' },
  run: (input) => carryOut(input, 'install'),
}

export const uninstallCommand: Command = {
  name: 'uninstall',
  about: 'take the service away that chainmail install has put in place',
  description: [
    'Stops the daemon and removes its units and what else chainmail install has put in place. The state, the user and an edited configuration stay unless --purge is given. Rules and sets that are in the kernel stay there.',
  ],
  arguments: [],
  options: [purgeOption, ...options],
  examples: [
    { command: 'chainmail uninstall --dry-run', about: 'to see first' },
    { command: 'sudo chainmail uninstall --purge', about: 'with bans, history and settings' },
  ],
  exits: { done: 'nothing is left but what is told', refused: 'something could not be removed' },
  run: (input) => carryOut(input, 'uninstall'),
}

const sentences = {
  write: ['wrote', 'would write'],
  replace: ['replaced', 'would replace'],
  keep: ['kept', 'would keep'],
  remove: ['removed', 'would remove'],
  run: ['ran', 'would run'],
} as const

/** What is left to do. */
const next = {
  install: 'To start it, or to start what runs already anew: sudo systemctl restart chainmail',
  uninstall: 'Rules and sets that are in the kernel stay there until the machine is started anew.',
}

async function carryOut(input: Input, what: 'install' | 'uninstall'): Promise<Answer> {
  const { install, ownProgram, runSystemProgram, uninstall } = await import('@chainmail/daemon/installation')
  const dryRun = input.has(dryRunOption)
  const given = { dryRun, root: input.value(rootOption), run: runSystemProgram, program: ownProgram() }
  const isReal = !dryRun && given.root === undefined
  try {
    const steps =
      what === 'install' ? await install(given) : await uninstall({ ...given, purge: input.has(purgeOption) })
    return {
      document: { dryRun, steps },
      lines: () =>
        steps.length === 0
          ? ['Nothing of chainmail is installed.']
          : [...steps.map((step) => stepLine(step, dryRun)), ...(isReal ? [next[what]] : [])],
    }
  } catch (error) {
    throw asRefusal(error) ?? error
  }
}

function stepLine({ does, what, why }: Step, dryRun: boolean): string {
  const verb = sentences[does][dryRun ? 1 : 0]
  return printable(`${verb} ${what}${why === undefined ? '' : ` (${why})`}`)
}
