import { accessOptions, type Command } from '../command.ts'
import { printable, width, wrap } from '../terminal/text.ts'

export const statusCommand: Command = {
  name: 'status',
  about: 'show the daemon, the kernel and what they hold',
  description: [
    'Shows which kernel and iptables chainmail works with, how many bans there are, and what somebody should look after. It is also the quick way to find out whether a daemon answers: the exit code tells.',
  ],
  arguments: [],
  options: accessOptions,
  examples: [
    { command: 'chainmail status', about: 'of the daemon of this user' },
    { command: 'chainmail status --direct', about: 'of the kernel, without a daemon' },
  ],
  exits: { done: 'a daemon answers, or with --direct the kernel' },
  run: async (_input, session) => {
    const access = await session.access()
    const { document, value } = await access.status()
    const indent = Math.max(...value.map(({ name }) => width(name))) + 2
    return {
      document,
      lines: ({ columns, style }) =>
        value.flatMap(({ name, value: words, bad = false }) =>
          wrap(printable(words), Math.max(20, columns - indent)).map((line, index) => {
            const label = index === 0 ? style.bold(name.padEnd(indent)) : ' '.repeat(indent)
            return label + (bad ? style.bad(line) : line)
          }),
        ),
    }
  },
}
