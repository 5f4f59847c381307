import { chmodSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { codeOf, DaemonError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import {
  cacheFolder,
  configurationFile,
  type Piece,
  type Program,
  packagedProgram,
  pieces,
  stateFolder,
  units,
  unitsOnDemand,
} from './pieces.ts'

/** Something that was done, or would be, in words. */
export interface Step {
  readonly does: 'write' | 'replace' | 'keep' | 'remove' | 'run'
  /** A path, or a command line. */
  readonly what: string
  /** Why, where that is not plain. */
  readonly why?: string
}

export interface InstallationOptions {
  /** Nothing is changed, only told. */
  readonly dryRun: boolean
  /** A folder that stands for the root folder; then no program runs, and nothing of this host changes. */
  readonly root?: string | undefined
  /** Runs a program of the system. */
  readonly run: (program: string, words: readonly string[]) => Promise<void>
  /** The daemon of this very copy of chainmail. */
  readonly program: Program
}

export interface UninstallOptions extends InstallationOptions {
  /** Removes the configuration, the state and the user too. */
  readonly purge: boolean
}

/** Folders that the service cannot see: ProtectHome= and PrivateTmp= of systemd.exec(5). */
const HIDDEN = ['/home/', '/root/', '/run/user/', '/tmp/', '/var/tmp/']

/**
 * Puts user, units, configuration and folders in place. What is there already stays, and a configuration that somebody
 * changed stays as it is.
 * @throws DaemonError `not-installable`
 */
export async function install(options: InstallationOptions): Promise<readonly Step[]> {
  const { root, program } = options
  if (root === undefined) {
    const hidden = [program.node, program.main].find((path) =>
      HIDDEN.some((folder) => path.startsWith(folder)),
    )
    if (hidden !== undefined)
      throw new DaemonError(
        'not-installable',
        `The service has no access to ${hidden}: put chainmail, and the node that runs it, elsewhere, such as /opt/chainmail.`,
      )
  }
  const steps = pieces(root === undefined ? program : packagedProgram).map((piece) => put(piece, options))
  return [
    ...steps,
    ...(await runAll(options, [
      ['systemd-sysusers', '/etc/sysusers.d/chainmail.conf'],
      ['systemd-tmpfiles', '--create', '/etc/tmpfiles.d/chainmail.conf'],
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', ...units],
    ])),
  ]
}

/** Takes away what {@link install} has put in place; the state, the user and a changed configuration only on demand. */
export async function uninstall(options: UninstallOptions): Promise<readonly Step[]> {
  const { root, purge, dryRun, program } = options
  const installed = pieces(root === undefined ? program : packagedProgram)
  const present = installed.some(({ path }) => textOf(inside(root, path)) !== undefined)
  const stopped = present
    ? await runAll(options, [['systemctl', 'disable', '--now', ...units, ...unitsOnDemand]])
    : []
  const steps = installed.toReversed().flatMap((piece) => take(piece, options))
  for (const folder of [dirname(configurationFile), ...(purge ? [stateFolder, cacheFolder] : [])]) {
    const path = inside(root, folder)
    if (!isFolder(path)) continue
    if (purge) {
      steps.push({ does: 'remove', what: path })
      if (!dryRun) attempt(path, () => rmSync(path, { recursive: true }))
    } else if (!dryRun && readdirSync(path).length === 0) {
      steps.push({ does: 'remove', what: path })
      attempt(path, () => rmdirSync(path))
    }
  }
  if (!purge && isFolder(inside(root, stateFolder)))
    steps.push({ does: 'keep', what: inside(root, stateFolder), why: 'bans and history; --purge removes it' })
  const after = present
    ? await runAll(options, [
        ['systemctl', 'daemon-reload'],
        ...(purge ? [['userdel', 'chainmail'] as const] : []),
      ])
    : []
  return [...stopped, ...steps, ...after]
}

function put({ path, text, mode, edited }: Piece, { root, dryRun }: InstallationOptions): Step {
  const what = inside(root, path)
  const found = textOf(what)
  if (found === text) return { does: 'keep', what, why: 'it is there already' }
  if (found !== undefined && edited) return { does: 'keep', what, why: 'it was edited' }
  if (!dryRun)
    attempt(what, () => {
      makeFolder(dirname(what), 0o755)
      writeFileSync(what, text, { mode })
      chmodSync(what, mode)
    })
  return { does: found === undefined ? 'write' : 'replace', what }
}

function take({ path, text, edited }: Piece, { root, dryRun, purge }: UninstallOptions): Step[] {
  const what = inside(root, path)
  const found = textOf(what)
  if (found === undefined) return []
  if (edited && found !== text && !purge)
    return [{ does: 'keep', what, why: 'it was edited; --purge removes it' }]
  if (!dryRun) attempt(what, () => rmSync(what))
  return [{ does: 'remove', what }]
}

async function runAll(
  { root, dryRun, run }: InstallationOptions,
  commands: readonly (readonly [string, ...string[]])[],
): Promise<readonly Step[]> {
  if (root !== undefined) return []
  const steps: Step[] = []
  for (const [program, ...words] of commands) {
    if (!dryRun) await run(program, words)
    steps.push({ does: 'run', what: [program, ...words].join(' ') })
  }
  return steps
}

function inside(root: string | undefined, path: string): string {
  return root === undefined ? path : join(root, path)
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw refused(path, error)
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** @throws DaemonError `not-installable` */
function attempt(path: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw refused(path, error)
  }
}

function refused(path: string, error: unknown): DaemonError {
  const why = error instanceof Error ? error.message : String(error)
  const denied = codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM'
  return new DaemonError(
    'not-installable',
    denied
      ? `${path} is not for this user to change: run it as root, or with --root FOLDER.`
      : `${path}: ${why}`,
    error,
  )
}
