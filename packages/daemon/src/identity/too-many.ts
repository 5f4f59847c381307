import { DaemonError } from '../errors.ts'

/** Somebody has asked for too much in too short a time. */
export class TooMany extends DaemonError {
  /** After which it may be tried again, 1 or more. */
  readonly seconds: number

  /** @param what a sentence; when to try again is told behind it */
  constructor(code: 'too-busy' | 'too-many-attempts' | 'too-many-bans', what: string, seconds: number) {
    const wait = Math.max(1, seconds)
    super(code, `${what} Try again in ${wait} s.`)
    this.seconds = wait
  }
}
