import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import type { Store } from '../store.ts'
import { type Identity, Rejection, type SecondFactor, type SecondFactorState } from './authenticator.ts'
import { TooMany } from './too-many.ts'
import { oneTimePassword, otpauthUri, SECRET_BYTES, stepAt } from './totp.ts'
import { type Enrolment, TotpStore } from './totp-store.ts'

/** Of requests: a one-time password, six digits. */
export const OTP_HEADER = 'chainmail-otp'

/** Steps before and behind the present one whose passwords are taken: clocks differ, and people type slowly. */
const WINDOW = 1

/** Wrong ones in a row that are free. Each one more doubles the wait, from the first to the longest, in milliseconds. */
const FREE = 3
const FIRST_WAIT = 1_000
const LONGEST_WAIT = 15 * 60_000

interface Failures {
  count: number
  /** Milliseconds of a clock that nobody sets. */
  nextAt: number
}

export interface TotpBookOptions {
  readonly store: Store
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Milliseconds of a clock that nobody sets. */
  readonly ticks?: () => number
}

/**
 * One-time passwords as a second factor, RFC 6238.
 *
 * 1. Each is good for once, across restarts too: with one that is taken all those before it end.
 * 2. Wrong ones count as failed logins of where they come from; and since whoever has stolen a key may come from many
 *    places, those of one name are slowed by themselves. Only who has the key can slow its owner so.
 * 3. Without them nothing is slowed: what needs no second factor goes on.
 */
export class TotpBook implements SecondFactor {
  readonly #store: TotpStore
  readonly #now: () => number
  readonly #ticks: () => number
  readonly #enrolments = new Map<string, Enrolment>()
  readonly #failures = new Map<string, Failures>()

  constructor({ store, now = Date.now, ticks = () => performance.now() }: TotpBookOptions) {
    this.#store = new TotpStore(store)
    this.#now = now
    this.#ticks = ticks
    for (const enrolment of this.#store.all()) this.#enrolments.set(enrolment.name, enrolment)
  }

  has(name: string): boolean {
    return this.#enrolments.has(name)
  }

  /**
   * Gives somebody a new secret; one that was there before is good for nothing from now on.
   * @returns the URI that an authenticator application reads, which is told only now
   * @throws DaemonError `store-failed`
   */
  enrol(name: string): string {
    const enrolment = { name, secret: randomBytes(SECRET_BYTES), lastStep: 0 }
    this.#store.put(enrolment, this.#now())
    this.#enrolments.set(name, enrolment)
    this.#failures.delete(name)
    return otpauthUri(`chainmail ${hostname()}`, name, enrolment.secret)
  }

  /** Takes the second factor away. @returns whether there was one */
  remove(name: string): boolean {
    if (!this.#enrolments.has(name)) return false
    this.#store.remove(name)
    this.#failures.delete(name)
    return this.#enrolments.delete(name)
  }

  /** @throws TooMany `too-many-attempts` */
  async check(
    { name, permissions }: Identity,
    request: IncomingMessage,
  ): Promise<SecondFactorState | Rejection> {
    const enrolment = this.#enrolments.get(name)
    if (enrolment === undefined) return permissions.secondFactor === true ? 'absent' : 'unused'
    const given = request.headers[OTP_HEADER]
    if (given === undefined) return 'absent'
    this.#waitForTurn(name)
    const step = this.#stepOf(String(given), enrolment)
    if (step === undefined) {
      this.#failed(name)
      return new Rejection(`wrong one-time password of ${name}`)
    }
    // Before anything is done with it, so that it cannot be taken again after a crash.
    this.#store.use(name, step)
    this.#enrolments.set(name, { ...enrolment, lastStep: step })
    this.#failures.delete(name)
    return 'given'
  }

  /** The step that a password belongs to; undefined where it is wrong, or was used before. */
  #stepOf(given: string, { secret, lastStep }: Enrolment): number | undefined {
    const present = stepAt(this.#now())
    let found: number | undefined
    // All of them are looked at, so that the time tells nothing.
    for (let step = present - WINDOW; step <= present + WINDOW; step++)
      if (isSame(given, oneTimePassword(secret, step)) && step > lastStep) found ??= step
    return found
  }

  #waitForTurn(name: string): void {
    const failures = this.#failures.get(name)
    if (failures === undefined) return
    const wait = failures.nextAt - this.#ticks()
    if (wait > 0)
      throw new TooMany(
        'too-many-attempts',
        `Too many one-time passwords of ${name} were wrong.`,
        Math.ceil(wait / 1000),
      )
  }

  #failed(name: string): void {
    const count = (this.#failures.get(name)?.count ?? 0) + 1
    const wait = count < FREE ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (count - FREE))
    this.#failures.set(name, { count, nextAt: this.#ticks() + wait })
  }
}

function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}
