import type { IncomingMessage, ServerResponse } from 'node:http'
import { BanEnds, openFirewall } from 'chainmail'
import type { Logger } from 'pino'
import { AppliedBook } from './applied/applied-book.ts'
import { openAudit } from './audit/open-audit.ts'
import { AllowBook } from './bans/allow-book.ts'
import { BanBook } from './bans/ban-book.ts'
import { BanStore } from './bans/ban-store.ts'
import { CertificateFolder } from './certificates/certificate-folder.ts'
import { ServerCertificates } from './certificates/server-certificates.ts'
import type { Configuration } from './configuration/index.ts'
import type { ConnectionLimits } from './doors/connection-limits.ts'
import { type Doors, openDoors } from './doors/doors.ts'
import type { EarlyRefusal, Handler } from './doors/http-server.ts'
import type { HttpsDoor } from './doors/https-door.ts'
import { passedDoors } from './doors/passed-doors.ts'
import { banContents } from './drift/ban-contents.ts'
import { allowPart, entryPart } from './drift/book-parts.ts'
import { logDrift } from './drift/drift-log.ts'
import { History } from './history/history.ts'
import { ProbationDecisions } from './history/probation-decisions.ts'
import { recordRepairs } from './history/repairs.ts'
import { Rollback } from './history/rollback.ts'
import { KeyBook } from './identity/key-book.ts'
import { TokenAuthenticator } from './identity/oidc/token-authenticator.ts'
import { openIdentity } from './identity/open-identity.ts'
import { TotpBook } from './identity/totp-book.ts'
import { HeapGrowth } from './load/heap-growth.ts'
import { RequestLog } from './log/request-log.ts'
import { certificateEnds } from './metrics/certificate-ends.ts'
import { Metrics } from './metrics/metrics.ts'
import { lockNamespace } from './namespace-lock.ts'
import { EntryBook } from './rfw/entry-book.ts'
import { FirewallDoor } from './rfw/firewall-door.ts'
import { buildServer } from './server.ts'
import { openStore } from './store.ts'

/** A daemon that answers. */
export interface Daemon {
  readonly found: {
    /** One sentence on this host's iptables. */
    readonly report: string
    /** How many bans the kernel holds again; an error where it can't hold any. */
    readonly bans: number | Error
  }
  readonly urls: readonly string[]
  readonly socket: string
  /** Of HTTPS; undefined where it is not answered. */
  readonly certificates: ServerCertificates | undefined
  /** Stops letting requests in, answers those under way, and gives everything back. */
  close(): Promise<void>
}

export interface DaemonOptions {
  /** Members that may change while it runs are read whenever they are needed. */
  readonly configuration: Configuration
  readonly version: string
  readonly log: Logger
}

/** Milliseconds between two lines of the log about connections that are turned away. */
const TURNED_AWAY_TOLD_EVERY = 10_000

/** Milliseconds that requests under way have when the daemon stops. */
const CLOSE_GRACE = 10_000

/**
 * Starts a daemon. Its store and doors are its own before the kernel is touched, so that a second daemon that is
 * started by mistake ends without having changed anything; requests that come meanwhile wait.
 * @throws DaemonError, and what {@link openFirewall} throws
 */
export async function startDaemon({ configuration, version, log }: DaemonOptions): Promise<Daemon> {
  await using opened = new AsyncDisposableStack()
  const store = opened.adopt(openStore(configuration.paths.state), (it) => it.close())

  const ready = Promise.withResolvers<Handler>()
  let handle: Handler = (request, response) => {
    void ready.promise.then((handler) => handler(request, response))
  }
  const { http, paths, backend, allowByDefault } = configuration
  const https = httpsDoorOf(configuration, log)
  if (https !== undefined) opened.use(https.certificates)
  let refused: Handler['refused']
  const doors: Doors = await openDoors(
    { socket: paths.socket, http, https, limits: connectionLimits(configuration, log) },
    Object.assign((request: IncomingMessage, response: ServerResponse) => handle(request, response), {
      refused: (refusal: EarlyRefusal) => refused?.(refusal),
    }),
    passedDoors(),
  )
  opened.defer(() => doors.close(CLOSE_GRACE))

  try {
    const lock = await lockNamespace()
    opened.defer(() => lock[Symbol.asyncDispose]())
    const opening = openFirewall({ ...(backend === undefined ? {} : { backend }), allowByDefault })
    // While programs are asked for what this host has.
    const bansOfStore = new BanStore(store.database)
    const firewall = opened.use(await opening)
    const onFault = (error: unknown, about: string) => log.error({ err: error }, about)
    const applied = new AppliedBook({ store, firewall, onFault })
    const history = new History({ store, limit: configuration.history, follower: applied })
    const audit = opened.use(openAudit({ configuration, history, version, onFault }))
    const requestLog = new RequestLog({ log, requests: () => configuration.logRequests })
    refused = (refusal) => {
      audit.requests.refused(refusal)
      requestLog.turnedAway(refusal)
    }
    const ends = opened.use(new BanEnds({ events: firewall.events }))
    const book = new BanBook({
      ends,
      kernel: firewall.bookedBans,
      store,
      bans: bansOfStore,
      history,
      ipv6Prefix: () => configuration.banIpv6Prefix,
      onFault,
    })
    const allowlist = new AllowBook({ kernel: firewall.allowlist, bans: book, store, history })
    try {
      allowlist.open()
    } catch (error) {
      onFault(error, 'the allowlist of the store could not be restored')
    }
    const entries = new EntryBook({ kernel: new FirewallDoor(firewall), store, history, onFault })
    opened.defer(() => entries.close())
    // The rules of the one are read by programs, while the other makes messages.
    const [bans] = await Promise.all([
      book.open().catch(asError),
      entries.open().catch((error) => onFault(error, "the rfw protocol's entries could not be restored")),
    ])
    if (bans instanceof Error) onFault(bans, 'the bans of the store could not be restored')
    const books = { bans: book, allowlist, rfw: entries }
    const decisions = opened.use(new ProbationDecisions({ history, firewall, books, applied, onFault }))
    decisions.open()
    await decisions.settleKnown()
    await applied.open().catch((error) => onFault(error, 'what plans have made could not be restored'))
    await decisions.settle()

    opened.defer(firewall.events.listen(logDrift(log)))
    opened.defer(recordRepairs(firewall.events, history, onFault))
    const watching = firewall.watchDrift({
      get handling() {
        return configuration.drift
      },
      book: banContents(book),
      parts: [allowPart(allowlist, book), entryPart(entries)],
      early: true,
    })
    const drift = await watching.catch((error) => onFault(error, 'what others change cannot be watched'))
    opened.defer(() => drift?.[Symbol.asyncDispose]())
    if (drift !== undefined) await applied.watch(drift)

    const keys = new KeyBook({ store, onFault })
    opened.defer(() => keys.keepUses())
    const totp = new TotpBook({ store })
    const tokens = new TokenAuthenticator({ settings: () => configuration.oidc, onFault })

    opened.use(new HeapGrowth())
    const started = Date.now()
    const watched = drift === undefined ? {} : { drift }
    const metrics = new Metrics({
      firewall,
      ...watched,
      book,
      allowlist,
      history,
      store,
      certificates: () => certificateEnds(https?.certificates),
      version,
      started,
    })
    const app = await buildServer({
      firewall,
      ...watched,
      metrics,
      keys,
      totp,
      identity: openIdentity({ configuration, keys, book, log, others: [tokens], secondFactor: totp }),
      load: configuration.load,
      requestLog,
      book,
      allowlist,
      history,
      applied,
      audit,
      store,
      rollback: new Rollback({ history, firewall, books, decisions }),
      decisions,
      services: outerPorts(doors.urls),
      rfw: { book: entries, bans: book, settings: configuration.rfw },
      version,
      started,
      log,
    })
    opened.defer(() => app.close())
    // The rules were read while the routes were made.
    await drift?.ready
    handle = app.routing
    ready.resolve(app.routing)
    const held = opened.move()
    return {
      found: { report: firewall.host.report, bans },
      urls: doors.urls,
      socket: doors.socket,
      certificates: https?.certificates,
      close: async () => {
        // Ends the streams of who watches.
        history.close()
        await doors.close(CLOSE_GRACE)
        await held.disposeAsync()
      },
    }
  } catch (error) {
    ready.resolve((_request, response) => response.destroy())
    throw error
  }
}

/** That connections are turned away is logged as often as somebody can read it. */
function connectionLimits({ load }: Configuration, log: Logger): ConnectionLimits {
  let told = Number.NEGATIVE_INFINITY
  return {
    connections: load.connections,
    connectionsPerAddress: load.connectionsPerAddress,
    onTooMany(from) {
      const now = performance.now()
      if (now - told < TURNED_AWAY_TOLD_EVERY) return
      told = now
      log.warn({ from }, 'a connection was turned away: there are as many as load.connections allow')
    },
  }
}

function httpsDoorOf({ https, paths }: Configuration, log: Logger): HttpsDoor | undefined {
  if (https === undefined) return undefined
  const folder = new CertificateFolder(paths.state)
  return {
    host: https.host,
    port: https.port,
    certificates: new ServerCertificates({ folder, settings: https, log }),
  }
}

/** The ports of doors that other hosts reach. */
function outerPorts(urls: readonly string[]): readonly number[] {
  return urls.flatMap((url) => {
    const { hostname, port, protocol } = new URL(url)
    const isHere = hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]'
    return isHere ? [] : [Number(port) || (protocol === 'https:' ? 443 : 80)]
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
