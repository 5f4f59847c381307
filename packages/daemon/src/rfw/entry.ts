import type { Family } from '@chainmail/kernel'
import { type Network, networksOverlap } from './network.ts'

export const actions = ['drop', 'accept', 'reject'] as const
export type Action = (typeof actions)[number]

export const chains = ['input', 'output', 'forward'] as const
export type Chain = (typeof chains)[number]

/** What a request of rfw's asks to be done with which packets: a simple rule. */
export interface Entry {
  readonly action: Action
  readonly chain: Chain
  readonly family: Family
  /** `eth0`, or `ppp+` for every name that begins so; absent for any. Never in output. */
  readonly inInterface?: string
  /** Absent for any. Never in input. */
  readonly outInterface?: string
  /** Absent for any. Never in output. */
  readonly source?: Network
  /** Absent for any. Never in input. */
  readonly destination?: Network
}

/** Equal for entries that mean the same, and for no others. */
export function keyOf(entry: Entry): string {
  const { action, chain, family, inInterface = '*', outInterface = '*', source, destination } = entry
  return `${action} ${chain} ${family} ${inInterface} ${source?.text ?? '*'} ${outInterface} ${destination?.text ?? '*'}`
}

/** Whether both want the same, or different things, for some packet. */
export function entriesOverlap(one: Entry, other: Entry): boolean {
  return (
    one.chain === other.chain &&
    one.family === other.family &&
    interfacesOverlap(one.inInterface, other.inInterface) &&
    interfacesOverlap(one.outInterface, other.outInterface) &&
    (one.source === undefined || other.source === undefined || networksOverlap(one.source, other.source)) &&
    (one.destination === undefined ||
      other.destination === undefined ||
      networksOverlap(one.destination, other.destination))
  )
}

export function entriesConflict(one: Entry, other: Entry): boolean {
  return one.action !== other.action && entriesOverlap(one, other)
}

function interfacesOverlap(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return true
  if (one.endsWith('+')) {
    const prefix = one.slice(0, -1)
    return other.endsWith('+') && other.length < one.length
      ? prefix.startsWith(other.slice(0, -1))
      : other.startsWith(prefix)
  }
  return other.endsWith('+') && one.startsWith(other.slice(0, -1))
}

/**
 * The network by which an entry can stand in a set, for it says nothing else: the source in input and forward,
 * the destination in output.
 */
export function setNetwork(entry: Entry): Network | undefined {
  if (entry.inInterface !== undefined || entry.outInterface !== undefined) return undefined
  if (entry.chain === 'output') return entry.destination
  return entry.destination === undefined ? entry.source : undefined
}

/** The path that asks for the entry, in lower case: `/drop/input/any/192.0.2.0/24`. */
export function pathOf(entry: Entry): string {
  const { action, chain } = entry
  if (chain === 'input')
    return `/${action}/input/${interfaceSegment(entry.inInterface)}/${networkSegments(entry.source, entry)}`
  if (chain === 'output')
    return `/${action}/output/${interfaceSegment(entry.outInterface)}/${networkSegments(entry.destination, entry)}`
  const start = `/${action}/forward/${interfaceSegment(entry.inInterface)}/${networkSegments(entry.source, entry)}`
  if (entry.destination !== undefined)
    return `${start}/${interfaceSegment(entry.outInterface)}/${networkSegments(entry.destination, entry)}`
  return entry.outInterface === undefined ? start : `${start}/${interfaceSegment(entry.outInterface)}`
}

function interfaceSegment(name: string | undefined): string {
  if (name === undefined) return 'any'
  return name.endsWith('+') ? name.slice(0, -1) : name
}

function networkSegments(network: Network | undefined, { family }: Entry): string {
  return network?.text ?? (family === 'ipv4' ? '0.0.0.0' : '::')
}
