import packageDocument from '../../package.json' with { type: 'json' }
import type { Command } from '../command.ts'

export const versionCommand: Command = {
  name: 'version',
  about: 'show the version',
  description: ['Shows the version of this command, and of the Node.js that runs it.'],
  arguments: [],
  options: [],
  examples: [{ command: 'chainmail version', about: 'the same as chainmail --version' }],
  exits: {},
  run: async () => {
    const { version } = packageDocument
    const node = process.version
    return { document: { version, node }, lines: () => [`chainmail ${version} (Node.js ${node})`] }
  },
}
