import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'
import { formatAddress, parseAddress } from '@chainmail/kernel/address'
import { isHostName } from '../certificates/host-names.ts'
import { isIssuerUrl } from '../identity/oidc/issuer-url.ts'
import { parseExpire } from '../rfw/command.ts'
import type { TomlValue } from './toml.ts'

/**
 * A kind of value that a setting takes. As text it comes from a flag or a variable, as a value of TOML from the file;
 * whatever is no such value reads as undefined.
 */
export interface Kind<Value> {
  /** What stands for it in the help. */
  readonly placeholder: string
  /** What it has to be, behind "is not". */
  readonly wanted: string
  fromText(text: string): Value | undefined
  fromToml(value: TomlValue): Value | undefined
  toToml(value: Value): string
}

export function wholeNumber(range: {
  readonly from: number
  readonly to: number
  readonly placeholder: string
  readonly what: string
}): Kind<number> {
  const { from, to } = range
  const within = (value: number) => (value >= from && value <= to ? value : undefined)
  return {
    placeholder: range.placeholder,
    wanted: `${range.what} from ${from} to ${to}`,
    fromText: (text) => (/^\d{1,9}$/.test(text) ? within(Number(text)) : undefined),
    fromToml: (value) => (value.type === 'integer' ? within(value.value) : undefined),
    toToml: String,
  }
}

export const port = wholeNumber({ from: 0, to: 65_535, placeholder: 'NUMBER', what: 'a port' })

export const flag: Kind<boolean> = {
  placeholder: 'true|false',
  wanted: 'true or false',
  fromText: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  fromToml: (value) => (value.type === 'boolean' ? value.value : undefined),
  toToml: String,
}

export function choice<const Choice extends string>(choices: readonly Choice[]): Kind<Choice> {
  const find = (text: string) => choices.find((name) => name === text)
  return {
    placeholder: choices.join('|'),
    wanted: `one of ${choices.join(', ')}`,
    fromText: find,
    fromToml: (value) => (value.type === 'string' ? find(value.value) : undefined),
    toToml: JSON.stringify,
  }
}

/** Any of some words: as text with commas between, or `none`; in the file a list. */
export function choices<const Choice extends string>(all: readonly Choice[]): Kind<readonly Choice[]> {
  const each = (words: readonly (string | undefined)[]): readonly Choice[] | undefined => {
    const found = words.flatMap((word) => all.find((name) => name === word) ?? [])
    return found.length === words.length ? found : undefined
  }
  return {
    placeholder: 'LIST',
    wanted: `a list of any of ${all.join(', ')} (on the command line with commas between, or none)`,
    fromText: (text) => (text === 'none' ? [] : each(text.split(','))),
    fromToml: (value) =>
      value.type === 'list'
        ? each(value.items.map((item) => (item.type === 'string' ? item.value : undefined)))
        : undefined,
    toToml: (values) => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`,
  }
}

/** A path. A daemon has no folder of its own to begin from, so in the file it is absolute. */
export function path(placeholder: 'FOLDER' | 'PATH'): Kind<string> {
  return {
    placeholder,
    wanted: 'an absolute path',
    fromText: (text) => text,
    fromToml: (value) => (value.type === 'string' && isAbsolute(value.value) ? value.value : undefined),
    toToml: JSON.stringify,
  }
}

/** Any text that is matched with something, to the letter. */
export const word: Kind<string> = {
  placeholder: 'TEXT',
  wanted: 'a text of 1 to 200 characters',
  fromText: readWord,
  fromToml: (value) => (value.type === 'string' ? readWord(value.value) : undefined),
  toToml: JSON.stringify,
}

function readWord(text: string): string | undefined {
  return text.length > 0 && text.length <= 200 ? text : undefined
}

export const issuer: Kind<string> = {
  placeholder: 'URL',
  wanted: 'an https URL without query and fragment, or an http one of loopback',
  fromText: (text) => (isIssuerUrl(text) ? text : undefined),
  fromToml: (value) => (value.type === 'string' && isIssuerUrl(value.value) ? value.value : undefined),
  toToml: JSON.stringify,
}

/** Seconds, 0 for ever. */
export const span: Kind<number> = {
  placeholder: 'SPAN',
  wanted: 'a time span such as 600, "30s", "10m", "24h" or "7d", nor 0',
  fromText: parseExpire,
  fromToml: (value) => {
    if (value.type === 'string') return parseExpire(value.value)
    return value.type === 'integer' ? parseExpire(String(value.value)) : undefined
  },
  toToml: (seconds) => (seconds > 0 && seconds % 3_600 === 0 ? `"${seconds / 3_600}h"` : String(seconds)),
}

export const address: Kind<string> = {
  placeholder: 'ADDRESS',
  wanted: 'an IPv4 or IPv6 address',
  fromText: readAddress,
  fromToml: (value) => (value.type === 'string' ? readAddress(value.value) : undefined),
  toToml: JSON.stringify,
}

/** Names and addresses of hosts: as text with commas between, or `none`; in the file a list. */
export const hosts: Kind<readonly string[]> = {
  placeholder: 'LIST',
  wanted: 'a list of host names and addresses (on the command line with commas between, or none)',
  fromText: (text) => (text === 'none' ? [] : readHosts(text.split(','))),
  fromToml: (value) =>
    value.type === 'list'
      ? readHosts(value.items.map((item) => (item.type === 'string' ? item.value : '')))
      : undefined,
  toToml: JSON.stringify,
}

function readAddress(text: string): string | undefined {
  return isIP(text) === 0 || text.includes('%') ? undefined : formatAddress(parseAddress(text))
}

function readHosts(texts: readonly string[]): readonly string[] | undefined {
  const found = texts.flatMap((text) => {
    const name = text.toLowerCase()
    return readAddress(name) ?? (isHostName(name) ? name : [])
  })
  return found.length === texts.length ? found : undefined
}

export const loopback: Kind<string> = {
  placeholder: 'ADDRESS',
  wanted: 'a loopback address: what is not encrypted is answered nowhere else',
  fromText: readLoopback,
  fromToml: (value) => (value.type === 'string' ? readLoopback(value.value) : undefined),
  toToml: JSON.stringify,
}

function readLoopback(text: string): string | undefined {
  if (text === 'localhost') return '127.0.0.1'
  return text === '::1' || (isIP(text) === 4 && text.startsWith('127.')) ? text : undefined
}
