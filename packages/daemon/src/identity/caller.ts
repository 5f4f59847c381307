import type { IncomingMessage } from 'node:http'
import type { KnownBy, SecondFactorState } from './authenticator.ts'
import type { Need } from './needs.ts'
import { mayEverything, type Permissions } from './permissions.ts'

/** Who sends a request. */
export interface Caller {
  /** As the history and the audit tell it: of an identity its name, of a door its own. */
  readonly name: string
  /** undefined for somebody who is not known, and gets at what needs nothing. */
  readonly by: KnownBy | undefined
  readonly permissions: Permissions
  /** Where the request comes from; undefined for this host. */
  readonly address: string | undefined
  readonly secondFactor: SecondFactorState
  /** Whether what he was known by is still good; absent where that is not a credential. */
  readonly isGood?: () => boolean
}

/** @throws DaemonError where the caller may not */
export type Demand = (need: Need) => void

interface Known {
  readonly caller: Caller
  /** Absent for a caller who may everything. */
  readonly demand: Demand | undefined
}

declare module 'node:http' {
  interface IncomingMessage {
    [known]?: Known
  }
}

/** On the request itself: a WeakMap of requests takes the collector long when thousands of them wait for the disk. */
const known = Symbol('who sends it')

/** Who sends a request; undefined before it was found out, which is before any route sees the request. */
export function callerOf(request: IncomingMessage): Caller | undefined {
  return request[known]?.caller
}

/** What the lines of a request are checked by; undefined where its caller may everything. */
export function demandOf(request: IncomingMessage): Demand | undefined {
  return request[known]?.demand
}

export function rememberCaller(request: IncomingMessage, who: Known): void {
  request[known] = who
}

/** Whoever comes in by a door that only lets in those who may everything. */
export function doorCaller(door: string): Caller {
  return { name: door, by: 'door', permissions: mayEverything, address: undefined, secondFactor: 'unused' }
}

/** Somebody who shows no credential. */
export function unknownCaller(address: string | undefined): Caller {
  return { name: 'nobody', by: undefined, permissions: {}, address, secondFactor: 'unused' }
}
