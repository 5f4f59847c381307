import type { Logger } from 'pino'
import type { BanBook } from '../bans/ban-book.ts'
import { clientCertificateOf } from '../doors/client-certificate.ts'
import { codeOf } from '../errors.ts'
import type { Authenticator, SecondFactor } from './authenticator.ts'
import type { DoorIdentity } from './door-identity.ts'
import type { IdentitySources } from './identity.ts'
import { certificateAuthenticator, keyAuthenticator, PasswordAuthenticator } from './key-authenticators.ts'
import type { KeyBook } from './key-book.ts'
import { LoginPace } from './login-pace.ts'

/** How it is found out who asks. Members are read whenever they are needed. */
export interface IdentityConfiguration {
  /** Of the unix socket: its group is the door. */
  readonly socket: DoorIdentity
  /** Of plain HTTP on loopback. */
  readonly http: DoorIdentity
  /** Failed logins after which an address is banned; 0 for never. */
  readonly failures: number
  /** Seconds that it is banned; 0 for ever. */
  readonly banFor: number
}

export interface IdentityParts {
  readonly configuration: { readonly identity: IdentityConfiguration }
  readonly keys: KeyBook
  readonly book: Pick<BanBook, 'ban'>
  /** Those that know what is no key, password or certificate of the store. */
  readonly others?: readonly Authenticator[]
  readonly secondFactor?: SecondFactor | undefined
  readonly log: Pick<Logger, 'warn' | 'info' | 'error'>
}

/** The network of IPv6 that one customer has whole. */
const IPV6_PREFIX = 64

export function openIdentity(parts: IdentityParts): IdentitySources {
  const { configuration, keys, secondFactor, log, others = [] } = parts
  return {
    doors: {
      get socket() {
        return configuration.identity.socket
      },
      get loopback() {
        return configuration.identity.http
      },
    },
    authenticators: [
      keyAuthenticator(keys),
      new PasswordAuthenticator(keys),
      ...others,
      certificateAuthenticator(keys, clientCertificateOf),
    ],
    secondFactor,
    pace: new LoginPace({
      failures: () => configuration.identity.failures,
      ban: (address, failures) => void banFailing(parts, address, failures),
    }),
    log,
  }
}

/** Never rejects. What the allowlist holds stays unbanned. */
async function banFailing(
  { book, configuration, log }: IdentityParts,
  address: string,
  failures: number,
): Promise<void> {
  const seconds = configuration.identity.banFor
  const isIpv6 = address.includes(':')
  try {
    await book.ban(address, {
      who: 'chainmail',
      door: 'daemon',
      reason: `${failures} failed logins`,
      ...(seconds === 0 ? {} : { for: seconds }),
      ...(isIpv6 ? { ipv6Prefix: IPV6_PREFIX, exceptAllowed: true } : {}),
    })
    log.warn({ address, failures }, 'an address was banned for failed logins')
  } catch (error) {
    if (codeOf(error) === 'address-allowed')
      log.warn({ address, failures }, 'an allowed address fails to log in, and is not banned')
    else log.error({ err: error, address }, 'an address could not be banned for failed logins')
  }
}
