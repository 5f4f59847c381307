import type { Client } from '@chainmail/daemon/client'
import { refusal } from '../refusal.ts'
import type {
  Allowed,
  Ban,
  BanOptions,
  FirewallAccess,
  ListedBan,
  ManyOutcome,
  UnbanOptions,
} from './access.ts'
import { probationIn, queryOf } from './daemon-plans.ts'
import { told, toldEach } from './daemon-told.ts'
import { amountOf, flagOf, list, members, numberOf, optional, textOf } from './document.ts'
import { scopeWord } from './scope-word.ts'

type BansAccess = Pick<
  FirewallAccess,
  'ban' | 'banMany' | 'unban' | 'unbanMany' | 'bans' | 'allowed' | 'allow' | 'disallow'
>

/** The bans and the allowlist by way of a daemon. */
export function daemonBans(client: Client): BansAccess {
  const ask = (method: string, path: string, body?: unknown): Promise<unknown> =>
    told(() => client.request(method, path, body))
  const many = (
    method: 'POST' | 'DELETE',
    addresses: AsyncIterable<string>,
    options: BanOptions | UnbanOptions,
  ): AsyncIterable<ManyOutcome> =>
    toldEach(() => outcomesOf(client.stream(method, '/v1/bans', linesOf(addresses, options))))
  return {
    async ban(address, { confirmWithin, ...options }) {
      const query = confirmWithin === undefined ? '' : `?${queryOf({ confirmWithin })}`
      const document = await ask('PUT', banPath(address) + query, options)
      return { document, value: readBan(document, 'ban'), probation: probationIn(client, document) }
    },
    banMany: (addresses, options) => many('POST', addresses, options),
    async unban(address, { scope } = {}) {
      const query = scope === undefined ? '' : `?scope=${encodeURIComponent(scopeWord(scope))}`
      await ask('DELETE', banPath(address) + query)
    },
    unbanMany: (addresses, { scope }) => many('DELETE', addresses, { scope }),
    bans: () =>
      told(async () => {
        const lines: unknown[] = []
        for await (const line of client.stream('GET', '/v1/bans')) lines.push(line)
        const document = documentOf(lines)
        return { document, value: list(members(document, 'the answer').bans, 'bans', readListedBan) }
      }),
    async allowed() {
      const document = await ask('GET', '/v1/allowlist')
      return { document, value: list(members(document, 'the answer').entries, 'entries', readAllowed) }
    },
    async allow(address, reason) {
      await ask('PUT', allowPath(address), { reason })
    },
    async disallow(address) {
      await ask('DELETE', allowPath(address))
    },
  }
}

function banPath(address: string): string {
  return `/v1/bans/${encodeURIComponent(address)}`
}

function allowPath(address: string): string {
  return `/v1/allowlist/${encodeURIComponent(address)}`
}

async function* linesOf(
  addresses: AsyncIterable<string>,
  options: BanOptions | UnbanOptions,
): AsyncGenerator<string, void> {
  for await (const address of addresses) yield JSON.stringify({ address, ...options })
}

/** Reads a result a line, and the summary behind them. */
async function* outcomesOf(answers: AsyncIterable<unknown>): AsyncGenerator<ManyOutcome, void> {
  let done = 0
  for await (const answer of answers) {
    const { summary, line, ok, error } = members(answer, 'a line of the answer')
    if (summary !== undefined) {
      const fault = members(summary, 'summary').error
      if (fault === undefined) return
      const { code, message } = readError(fault, 'summary.error')
      throw refusal(code, code.replaceAll('-', ' '), `${message} Before that, ${done} were done.`)
    }
    const index = numberOf(line, 'line') - 1
    if (flagOf(ok, 'ok')) {
      done++
      yield { index }
    } else yield { index, error: readError(error, 'error') }
  }
  throw refusal(
    'unexpected-answer',
    'Unexpected answer',
    "The daemon's answer was cut off: it has no summary.",
  )
}

function readError(value: unknown, path: string): { readonly code: string; readonly message: string } {
  const { code, detail } = members(value, path)
  return { code: textOf(code, `${path}.code`), message: textOf(detail, `${path}.detail`) }
}

function readAllowed(value: unknown, path: string): Allowed {
  const { address, reason, origin } = members(value, path)
  return {
    address: textOf(address, `${path}.address`),
    reason: optional(reason, `${path}.reason`, textOf),
    origin: textOf(origin, `${path}.origin`),
  }
}

function readBan(value: unknown, path: string): Ban {
  const { address, expiresIn, reason } = members(value, path)
  return {
    address: textOf(address, `${path}.address`),
    expiresIn: optional(expiresIn, `${path}.expiresIn`, numberOf),
    reason: optional(reason, `${path}.reason`, textOf),
  }
}

/** A word, or what needs a name or numbers besides. */
function readScope(value: unknown, path: string): string {
  if (typeof value === 'string') return value
  const { interface: name, ports } = members(value, path)
  return name === undefined
    ? scopeWord({ ports: list(ports, `${path}.ports`, textOf) })
    : scopeWord({ interface: textOf(name, `${path}.interface`) })
}

function readListedBan(value: unknown, path: string): ListedBan {
  const { scope, who, packets, bytes } = members(value, path)
  return {
    ...readBan(value, path),
    scope: optional(scope, `${path}.scope`, readScope),
    who: optional(who, `${path}.who`, textOf),
    packets: amountOf(packets, `${path}.packets`),
    bytes: amountOf(bytes, `${path}.bytes`),
  }
}

/** One document, as a daemon tells it that does not stream, or a ban a line, which come in the order of the kernel. */
function documentOf(lines: readonly unknown[]): unknown {
  const [only, ...more] = lines
  if (only !== undefined && more.length === 0 && members(only, 'the answer').bans !== undefined) return only
  const dated = lines.map((line) => ({ line, since: sinceOf(line) }))
  const sorted = dated.toSorted((one, other) =>
    one.since < other.since ? -1 : one.since > other.since ? 1 : 0,
  )
  return { bans: sorted.map(({ line }) => line) }
}

/** Those that other programs have made come last. */
function sinceOf(value: unknown): string {
  return optional(members(value, 'ban').since, 'ban.since', textOf) ?? '~'
}
