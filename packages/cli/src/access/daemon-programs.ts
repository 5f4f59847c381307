import type { Client } from '@chainmail/daemon/client'
import { told } from './daemon-told.ts'
import { list, members, numberOf, textOf } from './document.ts'
import type { ProgramOutcome, ProgramsAccess } from './programs.ts'

/** The programs on the firewall of a daemon, which does one after another and keeps each change in its history. */
export function daemonPrograms(client: Client): ProgramsAccess {
  return {
    async run(program, words, input) {
      const answer = await told(() =>
        client.request('POST', `/v1/programs/${program}`, { arguments: [...words], input }),
      )
      return outcomeOf(answer, 'the answer')
    },
    async runScript(calls, keepGoing) {
      const answer = await told(() =>
        client.request('POST', '/v1/programs', {
          calls: calls.map(({ program, words, input }) => ({ program, arguments: [...words], input })),
          keepGoing,
        }),
      )
      const { runs, revision } = members(answer, 'the answer')
      const done = list(runs, 'runs', outcomeOf)
      return revision === undefined
        ? { runs: done }
        : { runs: done, revision: numberOf(revision, 'revision') }
    },
  }
}

function outcomeOf(answer: unknown, path: string): ProgramOutcome {
  const { code, stdout, stderr } = members(answer, path)
  return {
    code: numberOf(code, 'code'),
    stdout: textOf(stdout, 'stdout'),
    stderr: textOf(stderr, 'stderr'),
  }
}
