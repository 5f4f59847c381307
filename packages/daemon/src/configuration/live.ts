import { isDeepStrictEqual } from 'node:util'
import type { LoadLimits } from '../load/limits.ts'
import type { RfwSettings } from '../rfw/settings.ts'
import type { Configuration, HttpsConfiguration } from './configuration.ts'
import type { RunInvocation } from './invocation.ts'

/** What came of a new configuration, by the keys of the settings. */
export interface Reloaded {
  readonly changed: readonly string[]
  /** What has changed too, but stays as it was until the next start. */
  readonly needRestart: readonly string[]
}

/**
 * The configuration of a running daemon. Whoever reads a member whenever he needs it has what was last reloaded;
 * members that need a restart stay what they were.
 */
export class LiveConfiguration implements Configuration {
  readonly paths
  readonly https: HttpsConfiguration | undefined
  readonly http
  readonly backend
  readonly allowByDefault
  readonly history
  readonly audit
  readonly load: LoadLimits
  readonly rfw: RfwSettings
  #now: RunInvocation

  constructor(started: RunInvocation) {
    const { paths, http, backend, allowByDefault, history, audit } = started.configuration
    this.paths = paths
    this.http = http
    this.https = this.#liveHttps(started)
    this.backend = backend
    this.allowByDefault = allowByDefault
    this.history = history
    this.audit = audit
    this.#now = started
    this.load = this.#liveLoad(started)
    const rfw = () => this.#now.configuration.rfw
    this.rfw = {
      get nonRestful() {
        return rfw().nonRestful
      },
      get defaultExpire() {
        return rfw().defaultExpire
      },
      get whitelist() {
        return rfw().whitelist
      },
    }
  }

  /** Where HTTPS is answered stays, with which certificates may change. */
  #liveHttps({ configuration: { https } }: RunInvocation): HttpsConfiguration | undefined {
    if (https === undefined) return undefined
    const now = () => this.#now.configuration.https ?? https
    return {
      host: https.host,
      port: https.port,
      get names() {
        return now().names
      },
      get certificate() {
        return now().certificate
      },
      get key() {
        return now().key
      },
      get clientAuthority() {
        return now().clientAuthority
      },
    }
  }

  /** How many connections there may be stays, what may be under way may change. */
  #liveLoad({ configuration: { load } }: RunInvocation): LoadLimits {
    const now = () => this.#now.configuration.load
    return {
      connections: load.connections,
      connectionsPerAddress: load.connectionsPerAddress,
      get changes() {
        return now().changes
      },
      get wait() {
        return now().wait
      },
    }
  }

  get identity() {
    return this.#now.configuration.identity
  }

  get oidc() {
    return this.#now.configuration.oidc
  }

  get logLevel() {
    return this.#now.configuration.logLevel
  }

  get logRequests() {
    return this.#now.configuration.logRequests
  }

  get banIpv6Prefix() {
    return this.#now.configuration.banIpv6Prefix
  }

  get drift() {
    return this.#now.configuration.drift
  }

  /** Puts into force what can be without a restart. */
  reload(next: RunInvocation): Reloaded {
    const changed = [...next.values]
      .filter(([setting, value]) => !isDeepStrictEqual(value, this.#now.values.get(setting)))
      .map(([setting]) => setting)
    // What needs a restart is compared with what the daemon runs with, each time anew.
    const values = new Map(
      [...next.values].map(([setting, value]) => [
        setting,
        setting.reloads ? value : this.#now.values.get(setting),
      ]),
    )
    this.#now = { ...next, values }
    const keys = (reloads: boolean) => changed.filter((one) => one.reloads === reloads).map(({ key }) => key)
    return { changed: keys(true), needRestart: keys(false) }
  }
}
