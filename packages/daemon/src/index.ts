export {
  BanBook,
  type BanBookOptions,
  type BanWish,
  type ListedBan,
} from './bans/ban-book.ts'
export { type BanRecord, BanStore } from './bans/ban-store.ts'
export type { KernelBan, KernelBans } from './bans/kernel-bans.ts'
export { type Configuration, readInvocation } from './configuration.ts'
export { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts'
export { DaemonError, type DaemonErrorCode, daemonErrorCodes } from './errors.ts'
export { findPaths, findSocket, type Paths } from './paths.ts'
export { type Problem, type ProblemCode, problemTable } from './problems.ts'
export { buildServer, type ServerSources } from './server.ts'
export { openStore, type Store } from './store.ts'
