import type { WatchedEvent } from '../access/history.ts'
import { accessOptions, type Command } from '../command.ts'
import { text } from '../option.ts'
import { printable } from '../terminal/text.ts'
import { headText, readRevision } from './revision.ts'

const afterOption = text({
  name: 'after',
  placeholder: 'REVISION',
  about: 'begin with the changes behind this revision',
  otherwise: 'from now on',
})

export const watchCommand: Command = {
  name: 'watch',
  about: 'tell what happens, as it happens',
  description: [
    'Prints a line for each change that is made through the daemon, for what other programs change of it, and for what was repaired, until it is interrupted. When the connection is lost it goes on behind the last change that it has printed.',
    'With --json each event is one JSON document in a line of its own.',
  ],
  arguments: [],
  options: [afterOption, ...accessOptions],
  examples: [
    { command: 'chainmail watch', about: 'until Ctrl-C' },
    {
      command: 'chainmail watch --json --after 0 | jq .number',
      about: 'everything that the history knows, and on',
    },
  ],
  exits: {},
  run: async (input, session) => {
    const after = input.value(afterOption)
    const { history } = await session.access()
    const events = history.watch(after === undefined ? undefined : readRevision(after))
    return {
      document: undefined,
      lines: () => [],
      text: () => each(events, (event) => `${lineOf(event)}\n`),
      documents: () => each(events, ({ document }) => document),
    }
  },
}

async function* each<Result>(
  events: AsyncIterable<WatchedEvent>,
  tell: (event: WatchedEvent) => Result,
): AsyncGenerator<Result, void> {
  for await (const event of events) yield tell(event)
}

function lineOf(event: WatchedEvent): string {
  return 'revision' in event ? headText(event.revision) : printable(`${event.event}: ${event.detail}`)
}
