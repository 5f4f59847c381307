import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { AllowBook } from '../bans/allow-book.ts'
import { BanBook } from '../bans/ban-book.ts'
import { FakeAllowlist } from '../bans/fake-allowlist.ts'
import { FakeKernel } from '../bans/fake-kernel.ts'
import { History } from '../history/history.ts'
import { Rollback } from '../history/rollback.ts'
import { defaultSettings } from '../rfw/settings.ts'
import { buildServer } from '../server.ts'
import { openStore } from '../store.ts'
import { FakeFirewall } from './fake-firewall.ts'
import type { V1Sources } from './plugin.ts'

/** A server on fakes, with a store of its own; nothing listens, and no kernel is touched. */
export interface TestServer extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly kernel: FakeKernel
  readonly firewall: FakeFirewall
  readonly book: BanBook
  /** What was logged as an error. */
  readonly faults: unknown[]
}

/** What stands in for fakes, of a test that wants the kernel. */
export type TestSources = Partial<Pick<V1Sources, 'firewall'>>

export async function testServer(real: TestSources = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-server-'))
  const store = openStore(folder)
  const kernel = new FakeKernel()
  const firewall = new FakeFirewall()
  const history = new History({ store })
  const book = new BanBook({ kernel, store, history })
  await book.open()
  const allowlist = new AllowBook({ kernel: new FakeAllowlist(), bans: book, store, history })
  const faults: unknown[] = []
  const app = await buildServer({
    firewall,
    ...real,
    book,
    allowlist,
    history,
    rollback: new Rollback({
      history,
      firewall: real.firewall ?? firewall,
      books: { bans: book, allowlist, rfw: { restore: async () => [] } },
    }),
    version: '0.0.0',
    started: Date.now(),
    rfw: {
      book: { put: async () => undefined, delete: async () => undefined, list: async () => [] },
      settings: defaultSettings,
    },
    log: { error: (fault: unknown) => void faults.push(fault) },
  })
  return {
    app,
    kernel,
    firewall,
    book,
    faults,
    async [Symbol.asyncDispose]() {
      await app.close()
      store.close()
      rmSync(folder, { recursive: true })
    },
  }
}
