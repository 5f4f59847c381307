import { accessOptions, type Command } from '../command.ts'
import { printable, width, wrap } from '../terminal/text.ts'

export const statusCommand: Command = {
  name: 'status',
  about: 'show the daemon, the kernel and what they hold',
  description: [
    'Shows what somebody should look after first, then which kernel and iptables chainmail works with, the bans, the sets and how full they are, what others have changed, the latest change, changes on probation, the store and the certificates.',
    'The exit code tells whether all is well, so a script or a monitor can ask for it.',
  ],
  arguments: [],
  options: accessOptions,
  examples: [
    { command: 'chainmail status', about: 'of the daemon of this user' },
    { command: 'chainmail status --direct', about: 'of the kernel, without a daemon' },
  ],
  exits: {
    done: 'a daemon answers and all is well, or with --direct the kernel answers',
    refused: 'a daemon answers, and something is wrong',
  },
  run: async (_input, session) => {
    const access = await session.access()
    const { document, value } = await access.seeing.status()
    const indent = Math.max(...value.facts.map(({ name }) => width(name))) + 2
    return {
      document,
      lines: ({ columns, style }) =>
        value.facts.flatMap(({ name, value: words, bad = false }) =>
          wrap(printable(words), Math.max(20, columns - indent)).map((line, index) => {
            const label = index === 0 ? style.bold(name.padEnd(indent)) : ' '.repeat(indent)
            return label + (bad ? style.bad(line) : line)
          }),
        ),
      ends: value.healthy ? 'done' : 'refused',
    }
  },
}
