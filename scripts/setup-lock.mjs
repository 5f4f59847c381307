// @ts-check
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * Runs one synchronous action at a time among all processes that name the same lock. The lock is an abstract
 * unix socket (unix(7)): it leaves no file, and the kernel frees it when its holder dies.
 * @template Result
 * @param {string} name at most 100 bytes
 * @param {() => Result} action
 * @returns {Promise<Result>}
 */
export async function withLock(name, action) {
  for (;;) {
    const server = createServer((connection) => connection.destroy())
    const taken = await new Promise((resolve, reject) => {
      server.once('listening', () => resolve(true))
      server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
        if (error.code === 'EADDRINUSE') resolve(false)
        else reject(error)
      })
      server.listen(`\0${name}`)
    })
    if (taken) {
      try {
        return action()
      } finally {
        server.close()
      }
    }
    // A busy holder accepts nobody, so this connection ends when the holder is done or dead. Either way, and
    // when it has gone already, the lock is tried again.
    const waiting = connect(`\0${name}`)
    await once(waiting.resume(), 'close').catch(() => waiting.destroy())
  }
}
