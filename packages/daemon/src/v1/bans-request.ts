import type { BanScope } from 'chainmail'
import type { ManyBan, ManyUnban } from '../bans/asker.ts'
import { scopeOf } from './ban-words.ts'
import { parseLine, readFlag, readNumber, readText, refusedLine } from './line-members.ts'

type Reader = (value: unknown, name: string) => unknown

const banReaders = {
  for: readDuration,
  reason: readText,
  scope: readScopeWords,
  exceptAllowed: readFlag,
  ipv6Prefix: readNumber,
} as const satisfies Record<string, Reader>

const unbanReaders = { scope: readScopeWords, ipv6Prefix: readNumber } as const satisfies Record<
  string,
  Reader
>

/**
 * Reads a line: a text, which is the address, or an object that has it as a member beside the options of the ban.
 * @throws DaemonError `bad-json`; ChainmailError `bad-request`, `bad-scope`
 */
export function readBanLine(line: string): ManyBan {
  return readLine(line, banReaders)
}

/** The same, of a ban to be taken back. */
export function readUnbanLine(line: string): ManyUnban {
  return readLine(line, unbanReaders)
}

function readLine(line: string, readers: Readonly<Record<string, Reader>>): { address: string } {
  const value = parseLine(line)
  if (typeof value === 'string') return { address: value }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refusedLine('A line has to be an object, {"address": …}, or a text, which is the address')
  const { address, ...members }: Readonly<Record<string, unknown>> = { ...value }
  if (typeof address !== 'string') throw refusedLine('"address" has to be there, and to be a text')
  const read = { address }
  for (const [name, member] of Object.entries(members)) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (reader === undefined)
      throw refusedLine(`${JSON.stringify(name.slice(0, 60))} is not a member of a line`)
    Object.assign(read, { [name]: reader(member, name) })
  }
  return read
}

function readDuration(value: unknown, name: string): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value
  throw refusedLine(`${name} has to be a text or a number`)
}

function readScopeWords(value: unknown): BanScope {
  if (typeof value === 'string') return scopeOf(value)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if ('interface' in value && typeof value.interface === 'string') return { interface: value.interface }
    if ('ports' in value && isTexts(value.ports)) return { ports: value.ports }
  }
  throw refusedLine('scope has to be a text, {"interface": "eth0"} or {"ports": ["tcp:22"]}')
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
