import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'

/** Who types the command, if that is somebody who came by ssh. */
export interface Sender {
  readonly sender: string
  /** The address of this host that the sender talks to. */
  readonly local: string
  readonly ports: readonly number[]
}

/** How far up the parents of a command that sudo has started are looked at. */
const GENERATIONS = 16

/**
 * Reads SSH_CONNECTION, see ssh(1): client address, client port, server address, server port. sudo takes it away, so
 * the processes that have started sudo are asked for it.
 */
export function senderOf(
  environment: NodeJS.ProcessEnv,
  ancestors: () => Iterable<string> = ancestorEnvironments,
): Sender | undefined {
  const own = readConnection(environment.SSH_CONNECTION)
  if (own !== undefined || environment.SUDO_UID === undefined) return own
  for (const text of ancestors()) {
    const line = text.split('\0').find((entry) => entry.startsWith('SSH_CONNECTION='))
    const found = readConnection(line?.slice('SSH_CONNECTION='.length))
    if (found !== undefined) return found
  }
  return undefined
}

function readConnection(text: string | undefined): Sender | undefined {
  const [sender, , local, port] = text?.split(' ').map(withoutZone) ?? []
  if (sender === undefined || local === undefined || port === undefined) return undefined
  // sshd(8) writes UNKNOWN where it was handed its connection by another program.
  if (isIP(sender) === 0 || isIP(local) === 0 || !/^[1-9]\d{0,4}$/.test(port)) return undefined
  return { sender, local, ports: [Number(port)] }
}

/** `fe80::1%eth0` and `::ffff:192.0.2.1` as the rules name them. */
function withoutZone(word: string): string {
  return word.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
}

function* ancestorEnvironments(): Generator<string, void> {
  let pid = process.ppid
  for (let generation = 0; generation < GENERATIONS && pid > 1; generation++) {
    try {
      yield readFileSync(`/proc/${pid}/environ`, 'latin1')
      pid = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
    } catch {
      // It has ended, or belongs to somebody else.
      return
    }
  }
}
