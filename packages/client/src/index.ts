/** The chainmail daemon's HTTP interface, typed. Nothing here needs Node; `@chainmail/client/node` has unix sockets. */

export { ConnectionError, type Problem, ProblemError } from './answer.ts'
export type * from './api.generated.ts'
export {
  type Answer,
  type Asked,
  type CallId,
  type ChainmailClient,
  type ClientOptions,
  createClient,
  type Inputs,
} from './client.ts'
export type { ServerEvent } from './events.ts'
export type { Fetch, FetchInit } from './fetch.ts'
export type { Lines } from './lines.ts'
export { type OneTimePasswords, passwordFetch } from './one-time-password.ts'
export type { RequestOptions } from './request-options.ts'
