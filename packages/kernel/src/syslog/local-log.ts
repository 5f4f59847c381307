import {
  AF_UNIX,
  close,
  connect,
  MSG_DONTWAIT,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SystemCallError,
  send,
  socket,
} from '../syscalls.ts'
import { unixAddress } from '../unix-address.ts'

/** A message for the system's log. */
export interface LogLine {
  /** As in sys/syslog.h: 4 warning, 5 notice, 6 info. */
  readonly severity: 4 | 5 | 6
  readonly time: Date
  /** Without line ends. */
  readonly text: string
}

/** LOG_AUTHPRIV of sys/syslog.h: what only administrators read. */
const FACILITY = 10

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * The system's log, as syslog(3) writes to it: datagrams to the unix socket that syslogd or journald reads. It never waits:
 * what finds no room is lost.
 */
export class LocalLog implements Disposable {
  readonly #address: Uint8Array
  readonly #tag: string
  #descriptor: number | undefined

  /**
   * @param program the name that the messages bear
   * @param path of the socket
   */
  constructor(program: string, path = '/dev/log') {
    this.#tag = `${program}[${process.pid}]`
    this.#address = unixAddress(path)
  }

  /** @returns whether the log has it. A log that was started anew is found again with the next message. */
  send({ severity, time, text }: LogLine): boolean {
    const message = Buffer.from(`<${FACILITY * 8 + severity}>${stamp(time)} ${this.#tag}: ${text}`)
    return this.#send(message) || this.#send(message)
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) close(this.#descriptor)
    this.#descriptor = undefined
  }

  #send(message: Buffer): boolean {
    try {
      this.#descriptor ??= opened(this.#address)
      return send(this.#descriptor, message, message.length, MSG_DONTWAIT) === message.length
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error
      this[Symbol.dispose]()
      return false
    }
  }
}

function opened(address: Uint8Array): number {
  const descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  try {
    connect(descriptor, address)
    return descriptor
  } catch (error) {
    close(descriptor)
    throw error
  }
}

/** The time as syslog(3) writes it to its socket, in the zone of this host: `Nov  3 09:05:00`. */
function stamp(time: Date): string {
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()]
  const digits = clock.map((part) => String(part).padStart(2, '0')).join(':')
  return `${months[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${digits}`
}
