import type { Backend } from '@chainmail/kernel'
import type { AllowedByDefault, DriftHandling } from 'chainmail'
import type { CertificateSettings } from '../certificates/server-certificates.ts'
import type { TcpDoors } from '../doors/tcp-door.ts'
import type { HistoryLimit } from '../history/revision-store.ts'
import type { OidcConfiguration } from '../identity/oidc/settings.ts'
import type { IdentityConfiguration } from '../identity/open-identity.ts'
import type { LoadLimits } from '../load/limits.ts'
import type { LoggedRequests } from '../log/request-log.ts'
import type { Paths } from '../paths.ts'
import type { RfwSettings } from '../rfw/settings.ts'
import type { LogLevel } from './settings.ts'

/** Where HTTPS is answered, and with which certificates. */
export interface HttpsConfiguration extends CertificateSettings {
  /** An address; undefined for all of this host. */
  readonly host: string | undefined
  /** 0 for a free one. */
  readonly port: number
}

/** What a daemon is told: flags before environment before the file before defaults. */
export interface Configuration {
  readonly paths: Paths
  /** Undefined where HTTPS is not answered. */
  readonly https: HttpsConfiguration | undefined
  /** Plain HTTP; undefined where there is none. */
  readonly http: TcpDoors | undefined
  /** undefined for the one that this host uses. */
  readonly backend: Backend | undefined
  readonly identity: IdentityConfiguration
  /** undefined where no tokens are taken. */
  readonly oidc: OidcConfiguration | undefined
  readonly logLevel: LogLevel
  /** Which requests get a line in the log. */
  readonly logRequests: LoggedRequests
  /** The prefix that a ban of a single IPv6 address gets unless it says otherwise; 128 for the address alone. */
  readonly banIpv6Prefix: number
  /** What of this host is allowed without being asked for. */
  readonly allowByDefault: readonly AllowedByDefault[]
  /** How much of the history is kept. */
  readonly history: HistoryLimit
  /** What is done when others change what chainmail owns. */
  readonly drift: DriftHandling
  readonly rfw: RfwSettings
  readonly audit: AuditConfiguration
  readonly load: LoadLimits
}

/** How the audit log is kept. */
export interface AuditConfiguration {
  /** Bytes of all its files together. */
  readonly size: number
  /** Whether each record goes to the system's log too. */
  readonly syslog: boolean
}
