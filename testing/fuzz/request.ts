import type { NamedRule } from './named-rules.ts'

/** By which way a request goes in, and as whom. */
export type Door = 'socket' | 'https'

/** A request, and what is known of it beforehand. */
export interface FuzzRequest {
  /** Of the operation that it was made for; undefined where it is for none. */
  readonly operation: string | undefined
  readonly door: Door
  /** Whose key it carries; undefined where it carries none. */
  readonly caller: string | undefined
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
  /** Rules that it names; what it may put into the kernel. */
  readonly rules: readonly NamedRule[]
  /** Whether it was changed since, or made of the schema alone: `rules` then says nothing. */
  readonly isMutated: boolean
  /** Bytes that are sent as they are, in place of what method, path, headers and body say. */
  readonly raw?: Uint8Array
}

export interface FuzzAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** Whether all of the body was waited for. */
  readonly isWhole: boolean
}

/** What became of a request; the answer is absent where none came in time. */
export interface Exchange {
  readonly request: FuzzRequest
  readonly answer: FuzzAnswer | undefined
  readonly why?: string
}

/** Methods of requests that may change something. */
const changing: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export function isChanging({ method, raw }: FuzzRequest): boolean {
  return raw === undefined && changing.has(method)
}

export function isDryRun({ path }: FuzzRequest): boolean {
  return /[?&]dryRun=true(?:&|$)/.test(path)
}

export function headerOf({ headers }: FuzzAnswer, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

/** Bytes of a request that are shown. */
const SHOWN = 4_000

/** The request as a command that sends it again. */
export function asCurl({ door, caller, method, path, headers, body, raw }: FuzzRequest): string {
  if (raw !== undefined) return `printf %s ${quoted(Buffer.from(raw).toString('latin1'))} | nc (${door})`
  const where = door === 'socket' ? "--unix-socket $SOCKET 'http://localhost" : "--cacert $CA '$URL"
  const words = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`)
  if (caller !== undefined) words.push(`-H "authorization: Bearer $KEY_OF_${caller.toUpperCase()}"`)
  if (body !== undefined) words.push(`--data-binary ${quoted(Buffer.from(body).toString())}`)
  return `curl --path-as-is -X ${method} ${where}${path.replaceAll("'", '%27')}' ${words.join(' ')}`
}

function quoted(text: string): string {
  const shown = text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…(${text.length} characters)`
  const escaped = JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `$'${escaped}'`
}
