import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Firewall } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import { Audit } from '../audit/audit.ts'
import { AllowBook } from '../bans/allow-book.ts'
import { BanBook } from '../bans/ban-book.ts'
import { FakeAllowlist } from '../bans/fake-allowlist.ts'
import { FakeKernel } from '../bans/fake-kernel.ts'
import { History } from '../history/history.ts'
import { ProbationDecisions } from '../history/probation-decisions.ts'
import { Rollback } from '../history/rollback.ts'
import type { IdentitySources } from '../identity/identity.ts'
import { keyAuthenticator, PasswordAuthenticator } from '../identity/key-authenticators.ts'
import { KeyBook } from '../identity/key-book.ts'
import { LoginPace } from '../identity/login-pace.ts'
import { TotpBook } from '../identity/totp-book.ts'
import { defaultLimits } from '../load/limits.ts'
import { openLog } from '../log/logger.ts'
import { RequestLog } from '../log/request-log.ts'
import { Metrics } from '../metrics/metrics.ts'
import { defaultSettings } from '../rfw/settings.ts'
import { buildServer, type ServerSources } from '../server.ts'
import { openStore, type Store } from '../store.ts'
import { FakeFirewall } from './fake-firewall.ts'

/** A server on fakes, with a store of its own; nothing listens, and no kernel is touched. */
export interface TestServer extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly kernel: FakeKernel
  readonly firewall: FakeFirewall
  readonly book: BanBook
  readonly keys: KeyBook
  readonly store: Store
  /** What was logged as an error. */
  readonly faults: unknown[]
  /** The lines of the log about requests. */
  readonly requestLines: readonly string[]
}

/** What stands in for fakes, of a test that wants the kernel, and for the log that the test reads. */
export type TestSources = Partial<Pick<ServerSources, 'requestLog' | 'load'>> & {
  readonly firewall?: ServerSources['firewall'] & Pick<Firewall, 'decided' | 'decision'>
}

export async function testServer(
  real: TestSources = {},
  identity: Partial<IdentitySources> = {},
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-server-'))
  const store = openStore(folder)
  const kernel = new FakeKernel()
  const firewall = new FakeFirewall()
  const history = new History({ store })
  const audit = new Audit({ folder: join(folder, 'audit'), size: 1024 ** 2, history, version: '0.0.0' })
  const book = new BanBook({ kernel, store, history })
  await book.open()
  const allowlist = new AllowBook({ kernel: new FakeAllowlist(), bans: book, store, history })
  const keys = new KeyBook({ store })
  const faults: unknown[] = []
  const requestLines: string[] = []
  const requestLog = openLog('info', { write: (line) => void requestLines.push(line) })
  const started = Date.now()
  const metrics = new Metrics({
    firewall: real.firewall ?? firewall,
    book,
    allowlist,
    history,
    store,
    version: '0.0.0',
    started,
  })
  const books = { bans: book, allowlist, rfw: { restore: async () => [] } }
  const decisions = new ProbationDecisions({
    history,
    firewall: real.firewall ?? firewall,
    books,
    onFault: (fault) => void faults.push(fault),
  })
  const app = await buildServer({
    firewall,
    ...real,
    book,
    allowlist,
    history,
    audit,
    store,
    rollback: new Rollback({ history, firewall: real.firewall ?? firewall, books, decisions }),
    decisions,
    version: '0.0.0',
    started,
    metrics,
    keys,
    totp: new TotpBook({ store }),
    identity: {
      doors: { socket: 'trusted', loopback: 'trusted' },
      authenticators: [keyAuthenticator(keys), new PasswordAuthenticator(keys)],
      pace: new LoginPace({ failures: () => 0, ban: () => undefined }),
      log: { warn: () => undefined },
      ...identity,
    },
    load: real.load ?? defaultLimits,
    requestLog: real.requestLog ?? new RequestLog({ log: requestLog, requests: () => 'changes' }),
    rfw: {
      book: {
        put: async () => undefined,
        delete: async () => undefined,
        list: async () => [],
        find: () => undefined,
      },
      bans: book,
      settings: defaultSettings,
    },
    log: { error: (fault: unknown) => void faults.push(fault) },
  })
  return {
    app,
    kernel,
    firewall,
    book,
    keys,
    store,
    faults,
    requestLines,
    async [Symbol.asyncDispose]() {
      decisions[Symbol.dispose]()
      await app.close()
      audit[Symbol.dispose]()
      store.close()
      rmSync(folder, { recursive: true })
    },
  }
}
