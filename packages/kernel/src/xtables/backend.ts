import { readFile } from 'node:fs/promises'
import type { Family } from '../address.ts'
import { defaultSearchPath, findProgram } from '../process.ts'
import { XtablesError } from './errors.ts'
import { type Backend, backends, families, plainName, programVersion, xtablesProgram } from './programs.ts'
import { save } from './save.ts'

/** One backend of one family, as far as this host has its programs. */
export interface XtablesState {
  readonly family: Family
  readonly backend: Backend
  /** Full paths. */
  readonly saveProgram: string
  readonly restoreProgram: string
  /** Such as `1.8.9`. */
  readonly version: string
  /** Why the kernel does not serve this backend; undefined when it does. */
  readonly unavailable: string | undefined
  /** The tables that exist in this network namespace. */
  readonly tables: readonly string[]
  readonly rules: number
  /** Whether anything here can change what happens to a packet: a rule, or a policy other than ACCEPT. */
  readonly inUse: boolean
}

/** What a host has of iptables, seen from one network namespace. */
export interface XtablesHost {
  readonly states: readonly XtablesState[]
  /** The backend of the plain `iptables` command: the choice of update-alternatives on Debian. */
  readonly plain: Backend | undefined
  /** Both backends are in use: a packet passes the rules of both. */
  readonly mixed: boolean
  /** The backend that is in use; when none or both are, that of the plain command. */
  readonly chosen: Backend
  /** All of this in a sentence. */
  readonly report: string
}

/** CAP_NET_ADMIN, linux/capability.h. */
const CAP_NET_ADMIN = 12n

/**
 * Looks at which iptables programs are installed and what the kernel holds. Changes nothing: tables
 * that do not exist are not created by the look.
 * @throws XtablesError `iptables-not-installed`, `not-permitted`
 */
export async function probeXtables(searchPath: string = defaultSearchPath()): Promise<XtablesHost> {
  const found = await Promise.all(
    families.flatMap((family) => backends.map((backend) => stateOf(family, backend, searchPath))),
  )
  const states = found.filter((state) => state !== undefined)
  const [first] = states
  if (first === undefined)
    throw new XtablesError(
      'iptables-not-installed',
      'probe',
      `No iptables-save and iptables-restore were found in ${searchPath}: install them, on Debian or Ubuntu with \`apt-get install iptables\`.`,
    )
  if (!(await isPermitted())) throw notPermitted('the process has no CAP_NET_ADMIN')
  const plainCommand = await findProgram(plainName('ipv4'), searchPath)
  const plain = plainCommand === undefined ? undefined : (await programVersion(plainCommand)).backend
  const used = backends.filter((backend) => states.some((state) => state.backend === backend && state.inUse))
  const serving = states.find((state) => state.unavailable === undefined) ?? first
  const preferred = states.some((state) => state.backend === plain && state.unavailable === undefined)
    ? plain
    : undefined
  const [only] = used
  const chosen = used.length === 1 && only !== undefined ? only : (preferred ?? serving.backend)
  const host = { states, plain, mixed: used.length > 1, chosen }
  return { ...host, report: reportOf(host, used) }
}

async function stateOf(
  family: Family,
  backend: Backend,
  searchPath: string,
): Promise<XtablesState | undefined> {
  const saveProgram = await programIfInstalled(family, backend, 'save', searchPath)
  const restoreProgram = await programIfInstalled(family, backend, 'restore', searchPath)
  if (saveProgram === undefined || restoreProgram === undefined) return undefined
  const { version } = await programVersion(saveProgram)
  const programs = { family, backend, saveProgram, restoreProgram, version }
  try {
    const text =
      backend === 'legacy' && !(await hasLegacyTables(family))
        ? ''
        : await save({ family, backend, searchPath })
    return { ...programs, unavailable: undefined, ...contentOf(text) }
  } catch (error) {
    if (!(error instanceof XtablesError)) throw error
    if (error.code === 'not-permitted') throw notPermitted(error.kernelWords ?? error.message)
    return {
      ...programs,
      unavailable: error.kernelWords ?? error.message,
      tables: [],
      rules: 0,
      inUse: false,
    }
  }
}

async function programIfInstalled(
  family: Family,
  backend: Backend,
  kind: 'save' | 'restore',
  searchPath: string,
): Promise<string | undefined> {
  try {
    return await xtablesProgram(family, backend, kind, searchPath)
  } catch (error) {
    if (error instanceof XtablesError && error.code === 'iptables-not-installed') return undefined
    throw error
  }
}

/** The kernel lists a legacy table once something has touched it; no file means no ip_tables in the kernel. */
async function hasLegacyTables(family: Family): Promise<boolean> {
  const path = family === 'ipv4' ? '/proc/net/ip_tables_names' : '/proc/net/ip6_tables_names'
  try {
    return (await readFile(path, 'utf8')).trim() !== ''
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return false
    if (code === 'EACCES' || code === 'EPERM') throw notPermitted(`${path} is not readable`)
    throw error
  }
}

function contentOf(text: string): { tables: string[]; rules: number; inUse: boolean } {
  const tables = Array.from(text.matchAll(/^\*(\S+)$/gm), ([, table = '']) => table)
  const rules = text.match(/^-A /gm)?.length ?? 0
  const closedPolicy = /^:\S+ (?!ACCEPT |- )/m.test(text)
  return { tables, rules, inUse: rules > 0 || closedPolicy }
}

/**
 * Whether this process holds CAP_NET_ADMIN. The nft program finds that out by itself and more exactly
 * (it may be held in another user namespace than the one that counts); the legacy one does not while
 * no table exists.
 */
async function isPermitted(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8')
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_NET_ADMIN) & 1n) === 1n
}

function notPermitted(words: string): XtablesError {
  return new XtablesError(
    'not-permitted',
    'probe',
    `Reading and changing firewall rules needs CAP_NET_ADMIN in this network namespace (${words}): run as root.`,
    { kernelWords: words },
  )
}

function reportOf(host: Omit<XtablesHost, 'report'>, used: readonly Backend[]): string {
  const version = host.states.find((state) => state.backend === host.chosen)?.version ?? ''
  const lacking = families.filter(
    (family) => !host.states.some((state) => state.family === family && state.backend === host.chosen),
  )
  const rules = (backend: Backend): number =>
    host.states.filter((state) => state.backend === backend).reduce((sum, state) => sum + state.rules, 0)
  const why = host.mixed
    ? `both backends are in use (nft ${rules('nft')} rules, legacy ${rules('legacy')}), and packets pass both; the plain iptables command is ${host.plain ?? 'missing'}`
    : used.length === 1
      ? `the one in use (${rules(host.chosen)} rules)${host.plain === undefined || host.plain === host.chosen ? '' : `, although the plain iptables command is ${host.plain}`}`
      : host.plain === host.chosen
        ? 'no rules yet, and the plain iptables command is of this backend'
        : 'no rules yet, and the plain iptables command is of no backend that works here'
  const without = lacking.length === 0 ? '' : `; there are no programs for ${lacking.join(' and ')}`
  return `iptables ${version}, backend ${host.chosen}: ${why}${without}.`
}
