import type { Family } from '../address.ts'
import { defaultSearchPath, findProgram, run } from '../process.ts'
import { XtablesError } from './errors.ts'

/** Which of the kernel's two rule stores an iptables program works on: nf_tables or the older ip_tables. */
export type Backend = 'nft' | 'legacy'

export const families: readonly Family[] = ['ipv4', 'ipv6']
export const backends: readonly Backend[] = ['nft', 'legacy']

/** `command` is iptables itself. */
export type ProgramKind = 'save' | 'restore' | 'command'

export interface ProgramVersion {
  /** Such as `1.8.9`. */
  readonly version: string
  readonly backend: Backend
}

/** The name of the command that needs no choice of a backend: iptables or ip6tables. */
export function plainName(family: Family): string {
  return family === 'ipv4' ? 'iptables' : 'ip6tables'
}

/**
 * A table's name stands alone on a line or as an argument, so it is letters and nothing else here;
 * whether the kernel has the table is the program's to say.
 * @throws XtablesError `table-unknown`
 */
export function checkTableName(table: string | undefined): void {
  if (table === undefined || /^[a-z]{1,31}$/.test(table)) return
  throw new XtablesError(
    'table-unknown',
    'iptables',
    `There is no table ${JSON.stringify(table.slice(0, 40))}.`,
  )
}

/**
 * The full path of a program of this family and backend. Its own name (`iptables-nft-save`) is looked
 * for first, then the plain one (`iptables-save`), if that is of this backend: iptables before 1.8 and
 * some distributions have the plain names only.
 * @throws XtablesError `iptables-not-installed`
 */
export async function xtablesProgram(
  family: Family,
  backend: Backend,
  kind: ProgramKind,
  searchPath: string = defaultSearchPath(),
): Promise<string> {
  const suffix = kind === 'command' ? '' : `-${kind}`
  const name = `${plainName(family)}-${backend}${suffix}`
  const own = await findProgram(name, searchPath)
  if (own !== undefined) return own
  const plain = await findProgram(`${plainName(family)}${suffix}`, searchPath)
  if (plain !== undefined && (await programVersion(plain)).backend === backend) return plain
  throw new XtablesError(
    'iptables-not-installed',
    name,
    `The program ${name} was not found in ${searchPath}: install it, on Debian or Ubuntu with \`apt-get install iptables\`.`,
  )
}

/**
 * Version and backend of an iptables program. Before 1.8 the version line names no backend: there is
 * but the legacy one.
 * @throws XtablesError `kernel-refused` when the program does not answer like iptables
 */
export async function programVersion(program: string): Promise<ProgramVersion> {
  const { stdout, stderr } = await run(program, ['--version'], { maxOutput: 65_536, timeoutMs: 10_000 })
  const answer = stdout.toString('utf8').trim()
  const match = / v(\d+(?:\.\d+)+)(?: \((nf_tables|legacy)\))?/.exec(answer)
  if (match?.[1] === undefined) {
    const words = answer === '' ? stderr.trim() : answer
    throw new XtablesError(
      'kernel-refused',
      `${program} --version`,
      `${program} does not tell its version: ${words}.`,
      {
        kernelWords: words,
      },
    )
  }
  return { version: match[1], backend: match[2] === 'nf_tables' ? 'nft' : 'legacy' }
}
