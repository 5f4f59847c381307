import type { Client } from '@chainmail/daemon/client'
import { told } from './daemon-told.ts'
import { members, numberOf, textOf } from './document.ts'
import type { ProgramsAccess } from './programs.ts'

/** The programs on the firewall of a daemon, which does one after another and keeps each change in its history. */
export function daemonPrograms(client: Client): ProgramsAccess {
  return {
    async run(program, words, input) {
      const answer = await told(() =>
        client.request('POST', `/v1/programs/${program}`, { arguments: [...words], input }),
      )
      const { code, stdout, stderr } = members(answer, 'the answer')
      return {
        code: numberOf(code, 'code'),
        stdout: textOf(stdout, 'stdout'),
        stderr: textOf(stderr, 'stderr'),
      }
    },
  }
}
