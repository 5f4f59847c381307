import { openFirewall } from 'chainmail'
import type { Logger } from 'pino'
import { AllowBook } from './bans/allow-book.ts'
import { BanBook } from './bans/ban-book.ts'
import type { Configuration } from './configuration/index.ts'
import { type Doors, openDoors } from './doors/doors.ts'
import type { Handler } from './doors/http-server.ts'
import { passedDoors } from './doors/passed-doors.ts'
import { banContents } from './drift/ban-contents.ts'
import { allowPart, entryPart } from './drift/book-parts.ts'
import { logDrift } from './drift/drift-log.ts'
import { History } from './history/history.ts'
import { recordRepairs } from './history/repairs.ts'
import { Rollback } from './history/rollback.ts'
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
  /** Stops letting requests in, answers those under way, and gives everything back. */
  close(): Promise<void>
}

export interface DaemonOptions {
  /** Members that may change while it runs are read whenever they are needed. */
  readonly configuration: Configuration
  readonly version: string
  readonly log: Logger
}

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
  const { host, port, paths, backend, allowByDefault } = configuration
  const doors: Doors = await openDoors(
    { host, port, socket: paths.socket },
    (request, response) => handle(request, response),
    passedDoors(),
  )
  opened.defer(() => doors.close(CLOSE_GRACE))

  try {
    const lock = await lockNamespace()
    opened.defer(() => lock[Symbol.asyncDispose]())
    const firewall = opened.use(
      await openFirewall({
        ...(backend === undefined ? {} : { backend }),
        allowByDefault,
      }),
    )
    const onFault = (error: unknown, about: string) => log.error({ err: error }, about)
    const history = new History({ store, limit: configuration.history })
    const book = new BanBook({
      kernel: firewall.bookedBans,
      store,
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
    const bans = await book.open().catch(asError)
    if (bans instanceof Error) onFault(bans, 'the bans of the store could not be restored')

    const entries = new EntryBook({ kernel: new FirewallDoor(firewall), store, history, onFault })
    opened.defer(() => entries.close())
    await entries.open().catch((error) => onFault(error, "the rfw protocol's entries could not be restored"))

    opened.defer(firewall.events.listen(logDrift(log)))
    opened.defer(recordRepairs(firewall.events, history, onFault))
    const watching = firewall.watchDrift({
      get handling() {
        return configuration.drift
      },
      book: banContents(book),
      parts: [allowPart(allowlist, book), entryPart(entries)],
    })
    const drift = await watching.catch((error) => onFault(error, 'what others change cannot be watched'))
    opened.defer(() => drift?.[Symbol.asyncDispose]())

    const app = await buildServer({
      firewall,
      ...(drift === undefined ? {} : { drift }),
      book,
      allowlist,
      history,
      rollback: new Rollback({ history, firewall, books: { bans: book, allowlist, rfw: entries } }),
      rfw: { book: entries, settings: configuration.rfw },
      version,
      started: Date.now(),
      log,
    })
    opened.defer(() => app.close())
    handle = app.routing
    ready.resolve(app.routing)
    const held = opened.move()
    return {
      found: { report: firewall.host.report, bans },
      urls: doors.urls,
      socket: doors.socket,
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

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
