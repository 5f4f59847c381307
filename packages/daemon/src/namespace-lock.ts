import { once } from 'node:events'
import { createServer } from 'node:net'
import { codeOf, DaemonError } from './errors.ts'

/**
 * The name of a unix socket of the abstract kind, unix(7): each network namespace has its own, and the kernel frees it when
 * the process ends, however it ends.
 */
const NAME = '\0chainmail-daemon'

/**
 * Makes sure that one daemon alone keeps the firewall of this network namespace: a second one, with a store of its own,
 * would take out of the kernel what the first has put in.
 *
 * @returns what frees it
 * @throws DaemonError `daemon-running`
 */
export async function lockNamespace(name = NAME): Promise<AsyncDisposable> {
  const server = createServer((connection) => connection.destroy())
  server.listen({ path: name })
  try {
    await once(server, 'listening')
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error
    throw new DaemonError(
      'daemon-running',
      'Another chainmail daemon keeps the firewall of this network namespace: stop it, or start this one in a namespace of its own.',
      error,
    )
  }
  return {
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}
