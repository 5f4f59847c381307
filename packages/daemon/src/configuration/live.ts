import { isDeepStrictEqual } from 'node:util'
import type { RfwSettings } from '../rfw/settings.ts'
import type { Configuration } from './configuration.ts'
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
  readonly host
  readonly port
  readonly backend
  readonly allowByDefault
  readonly history
  readonly rfw: RfwSettings
  #now: RunInvocation

  constructor(started: RunInvocation) {
    const { paths, host, port, backend, allowByDefault, history } = started.configuration
    this.paths = paths
    this.host = host
    this.port = port
    this.backend = backend
    this.allowByDefault = allowByDefault
    this.history = history
    this.#now = started
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

  get logLevel() {
    return this.#now.configuration.logLevel
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
