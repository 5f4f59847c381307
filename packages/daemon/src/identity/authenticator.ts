import type { IncomingMessage } from 'node:http'
import type { Authorization } from './authorization.ts'
import type { Permissions } from './permissions.ts'

/** By what a caller is known. `door`: by having got through a door that lets in only those who may everything. */
export type KnownBy = 'door' | 'key' | 'password' | 'certificate' | 'token'

/** Somebody whose credential was right. */
export interface Identity {
  /**
   * As the history, the audit and bans tell it. Names of keys have no colon, so that what comes from elsewhere
   * can't be taken for a key: a token's begins with `oidc:`.
   */
  readonly name: string
  readonly by: Exclude<KnownBy, 'door'>
  readonly permissions: Permissions
  /** Whether the credential is good at this moment: answers that go on are ended when it was revoked or has expired. */
  readonly isGood: () => boolean
}

/** A credential that is wrong: unknown, revoked, expired, forged. It counts as a failed login. */
export class Rejection {
  /** For the log and the audit, never for the caller, who is told the same whatever was wrong. */
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/** What a request presents. */
export interface Presented {
  /** The one header `Authorization`, taken apart; undefined where there is none. */
  readonly authorization: Authorization | undefined
  readonly request: IncomingMessage
}

/** What became of a credential; undefined where the request has none of this kind, so that the next kind is tried. */
export type Verdict = Identity | Rejection | undefined

/**
 * Knows one kind of credential. Comparisons take the same time whatever is wrong.
 *
 * It throws only for what is no fault of the caller, such as an issuer that does not answer: a DaemonError whose code
 * has its status in problems.ts. That does not count as a failed login.
 */
export interface Authenticator {
  /** What `WWW-Authenticate` offers, RFC 9110 section 11.6.1, such as `Bearer realm="chainmail"`; none for certificates. */
  readonly challenge?: string
  authenticate(presented: Presented): Verdict | Promise<Verdict>
}

/** Whether a caller has proved more than the possession of a credential. `unused`: none is asked of this one. */
export type SecondFactorState = 'unused' | 'absent' | 'given'

/** Asks for a second factor, such as a one-time password. */
export interface SecondFactor {
  /**
   * Called once a request, for identities that have authenticated. A factor that was presented and is wrong is a
   * Rejection, and counts as a failed login; one that is absent is refused only where the request is dangerous, see
   * `isDangerous` in allows.ts.
   */
  check(identity: Identity, request: IncomingMessage): Promise<SecondFactorState | Rejection>
}
