import type { Reading } from './access.ts'

/** Who may do something at the daemon. */
export interface Key {
  readonly name: string
  /** `key`, `password` or `certificate`. */
  readonly kind: string
  /** As the daemon tells it. */
  readonly permissions: unknown
  /** Whether it is asked for one-time passwords. */
  readonly totp: boolean
  readonly expires?: Date | undefined
  readonly used?: Date | undefined
  readonly revoked?: Date | undefined
}

export interface KeyWishes {
  readonly name: string
  readonly permissions: unknown
  readonly expires?: string | undefined
  readonly certificate?: string | undefined
  readonly password?: string | undefined
}

/** What the commands need of the daemon's keys. */
export interface KeysAccess {
  /** @returns the API key, which nobody tells again; undefined for a password and a certificate */
  create(wishes: KeyWishes): Promise<Reading<string | undefined>>
  list(): Promise<Reading<readonly Key[]>>
  revoke(name: string): Promise<void>
  /** @returns the otpauth URI of a new secret, which nobody tells again */
  enrolTotp(name: string): Promise<Reading<string>>
  removeTotp(name: string): Promise<void>
}
