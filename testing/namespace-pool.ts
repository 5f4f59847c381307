import { join } from 'node:path'
import { ForksPoolWorker, type PoolRunnerInitializer } from 'vitest/node'

const workerProgram = join(import.meta.dirname, 'worker.sh')

/**
 * A Vitest worker that is born in a network namespace of its own, so that every thread and every child of a
 * test file is in it. unshare(2) inside the running worker would move its main thread alone: file system
 * calls and koffi's asynchronous calls run on threads that exist before the first test.
 */
class NamespaceWorker extends ForksPoolWorker {
  override readonly name = namespacePool.name

  override start(): Promise<void> {
    // Vitest has no option for the program that it forks; fork() takes it from here, before start() returns.
    const node = process.execPath
    process.execPath = workerProgram
    try {
      return super.start()
    } finally {
      process.execPath = node
    }
  }
}

/** Vitest's pool of processes, one for each test file, each in a namespace of its own. */
export const namespacePool: PoolRunnerInitializer = {
  name: 'namespaces',
  createPoolWorker: (options) => new NamespaceWorker(options),
}
