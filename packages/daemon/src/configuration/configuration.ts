import type { Backend } from '@chainmail/kernel'
import type { AllowedByDefault, DriftHandling } from 'chainmail'
import type { HistoryLimit } from '../history/revision-store.ts'
import type { Paths } from '../paths.ts'
import type { RfwSettings } from '../rfw/settings.ts'
import type { LogLevel } from './settings.ts'

/** What a daemon is told: flags before environment before the file before defaults. */
export interface Configuration {
  readonly paths: Paths
  /** A loopback address; undefined for 127.0.0.1 and, where there is one, ::1. */
  readonly host: string | undefined
  /** 0 for a free one. */
  readonly port: number
  /** undefined for the one that this host uses. */
  readonly backend: Backend | undefined
  readonly logLevel: LogLevel
  /** The prefix that a ban of a single IPv6 address gets unless it says otherwise; 128 for the address alone. */
  readonly banIpv6Prefix: number
  /** What of this host is allowed without being asked for. */
  readonly allowByDefault: readonly AllowedByDefault[]
  /** How much of the history is kept. */
  readonly history: HistoryLimit
  /** What is done when others change what chainmail owns. */
  readonly drift: DriftHandling
  readonly rfw: RfwSettings
}
