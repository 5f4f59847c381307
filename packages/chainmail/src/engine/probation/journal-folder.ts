import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { networkNamespace } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { type Journal, parseJournal, renderJournal } from './journal.ts'
import { isRunning, processName } from './process-name.ts'

/**
 * Where the journals of one network namespace lie, and what has become of each.
 *
 * 1. A probation is a file, ID.STATE, and is decided by giving the file another name. The kernel lets exactly one of
 *    those who try have it: so a confirmation and the deadline never both win.
 * 2. Who takes a change back puts its own name into that of the file. When it dies on the way, another one sees so and
 *    goes on: the way back may be taken twice.
 * 3. While a change is made, on probation or not, the name of who makes it is part of the file's: who finds it there, and
 *    its maker dead, has found something half made, and goes the way back.
 * 4. The folder is private to its user, and lost with the machine's memory where it can be, as the rules are.
 */

/** What became of a probation. `withdrawn`: the change itself failed, and there was nothing to take back. */
export type Decision = 'confirmed' | 'reverted' | 'withdrawn' | 'failed'

export interface Found {
  readonly id: string
  readonly state: 'making' | 'pending' | 'reverting' | Decision
  /** Who makes it, or takes it back. */
  readonly by?: string
  /** When it came into this state, in milliseconds of the time of day: for the order alone. */
  readonly since: number
}

const NAME = /^([a-z0-9]{6})\.(making|pending|reverting|confirmed|reverted|withdrawn|failed)(?:\.([0-9-]+))?$/

/** How many decided ones are remembered. */
const REMEMBERED = 100

export class JournalFolder {
  readonly path: string

  constructor(path = join(defaultFolder(), `${bootName()}-${networkNamespace()}`)) {
    this.path = path
  }

  /** All that there are, the youngest first. */
  list(): readonly Found[] {
    return namesIn(this.path)
      .flatMap((name): Found[] => {
        const [, id, state, by] = NAME.exec(name) ?? []
        const since = statSync(join(this.path, name), { throwIfNoEntry: false })?.ctimeMs
        if (id === undefined || since === undefined || !isState(state)) return []
        return [{ id, state, since, ...(by === undefined ? {} : { by }) }]
      })
      .toSorted((one, other) => other.since - one.since)
  }

  find(id: string): Found | undefined {
    return this.list().find((found) => found.id === id)
  }

  /** @throws ChainmailError `journal-broken`; undefined when it was decided meanwhile */
  read({ id, state, by }: Found): Journal | undefined {
    try {
      const text = readFileSync(this.#file(id, state, by), 'utf8')
      return parseJournal(readIfThere(this.#renewed(id)) ?? text)
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  }

  /** Writes the journal of a change that this process begins to make. It is on the disk when this returns. */
  begin(journal: Journal, state: 'pending' | 'making'): void {
    makePrivate(this.path)
    this.#forgetOld()
    this.#write(journal, this.#file(journal.id, state, self()))
  }

  /**
   * Writes down anew what a change touches that this process makes, right before it does. It is no matter whether somebody
   * takes it back at that moment: the file is another one.
   */
  renew(journal: Journal): void {
    this.#write(journal, this.#renewed(journal.id))
  }

  /** Whether what a change touches was written down anew: then it may have been made, or a part of it. */
  isRenewed(id: string): boolean {
    return existsSync(this.#renewed(id))
  }

  /** The change is made as a whole, or not at all. */
  forget(id: string): void {
    rmSync(this.#file(id, 'making', self()), { force: true })
    rmSync(this.#renewed(id), { force: true })
  }

  /** The change is made as a whole, and can be confirmed; false when it is being taken back already. */
  made(id: string): boolean {
    return this.#rename(this.#file(id, 'pending', self()), this.#file(id, 'pending'))
  }

  /** The change that this process has begun was not made, and nothing of it is left. */
  withdraw(id: string): void {
    this.#rename(this.#file(id, 'pending', self()), this.#file(id, 'withdrawn'))
  }

  /** Keeps a change that is made and that nobody has decided yet; says whether it was in time. */
  confirm(id: string): boolean {
    return this.#rename(this.#file(id, 'pending'), this.#file(id, 'confirmed'))
  }

  /** Takes over the way back of one that is pending, or whose maker or reverter has died; says whether it is ours now. */
  claim({ id, state, by }: Found): boolean {
    if ((state === 'reverting' || state === 'making') && by !== undefined && isRunning(by)) return false
    return this.#rename(this.#file(id, state, by), this.#file(id, 'reverting', self()))
  }

  /** The way back was taken, or could not be. */
  finish(id: string, decision: 'reverted' | 'failed'): void {
    this.#rename(this.#file(id, 'reverting', self()), this.#file(id, decision))
  }

  /**
   * Tells when a file in the folder gets another name, until it is called off. Where the kernel has no watches left
   * nothing is told.
   */
  watch(onChange: () => void): () => void {
    try {
      const watcher = watch(this.path, { persistent: false }, onChange)
      watcher.on('error', () => watcher.close())
      return () => watcher.close()
    } catch {
      return () => {}
    }
  }

  /** Notes that this process guards a probation, and until when, in nanoseconds of CLOCK_MONOTONIC. */
  guard(id: string, deadline: bigint): void {
    const draft = join(this.path, `${id}.guard.${self()}`)
    writeFileSync(draft, `${self()} ${deadline}`, { mode: 0o600 })
    renameSync(draft, join(this.path, `${id}.guard`))
  }

  /** The guard of a probation; undefined where there never was one. */
  guardOf(id: string): { readonly isAlive: boolean; readonly deadline: bigint } | undefined {
    const text = readIfThere(join(this.path, `${id}.guard`)) ?? ''
    const [, name = '', deadline = ''] = /^([0-9-]+) (\d{1,19})$/.exec(text) ?? []
    return deadline === '' ? undefined : { isAlive: isRunning(name), deadline: BigInt(deadline) }
  }

  /** All of it is on the disk, under the name, or nothing is. */
  #write(journal: Journal, path: string): void {
    const draft = join(this.path, `${journal.id}.draft`)
    const descriptor = openSync(draft, 'wx', 0o600)
    try {
      writeFileSync(descriptor, renderJournal(journal))
      fsyncSync(descriptor)
      renameSync(draft, path)
    } catch (error) {
      rmSync(draft, { force: true })
      throw error
    } finally {
      closeSync(descriptor)
    }
    this.#sync()
  }

  #file(id: string, state: string, by?: string): string {
    return join(this.path, by === undefined ? `${id}.${state}` : `${id}.${state}.${by}`)
  }

  #renewed(id: string): string {
    return join(this.path, `${id}.renewed`)
  }

  #rename(from: string, to: string): boolean {
    try {
      renameSync(from, to)
    } catch (error) {
      if (isAbsent(error)) return false
      throw error
    }
    this.#sync()
    return true
  }

  #sync(): void {
    const descriptor = openSync(this.path, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }

  /** Keeps the youngest of those that are decided, and all that can be taken back yet. */
  #forgetOld(): void {
    const decided = this.list().filter(({ state }) => isDecided(state) && state !== 'failed')
    for (const { id, state } of decided.slice(REMEMBERED)) {
      rmSync(this.#file(id, state), { force: true })
      rmSync(join(this.path, `${id}.guard`), { force: true })
      rmSync(this.#renewed(id), { force: true })
    }
  }
}

/** Whether it is not decided yet. */
export function isOpen(state: Found['state']): state is 'pending' | 'reverting' {
  return state === 'pending' || state === 'reverting'
}

/** Whether who makes it has died before it was made. */
export function isHalfMade({ state, by }: Found): boolean {
  return (state === 'pending' || state === 'making') && by !== undefined && !isRunning(by)
}

export function isDecided(state: Found['state']): state is Decision {
  return !isOpen(state) && state !== 'making'
}

function isState(word: string | undefined): word is Found['state'] {
  return (
    word === 'making' ||
    word === 'pending' ||
    word === 'reverting' ||
    word === 'confirmed' ||
    word === 'reverted' ||
    word === 'withdrawn' ||
    word === 'failed'
  )
}

/**
 * Root has a folder in /run, which is empty after a restart of the machine, as the kernel's rules are. It is none of
 * the daemon's, which a service manager may remove with the daemon. Others have theirs by the XDG Base Directory
 * Specification.
 */
function defaultFolder(): string {
  const { XDG_RUNTIME_DIR: runtime, XDG_STATE_HOME: state, HOME: home } = process.env
  if (process.geteuid?.() === 0 && isWritableByRoot('/run')) return '/run/chainmail-probation'
  if (runtime?.startsWith('/')) return join(runtime, 'chainmail-probation')
  return join(state?.startsWith('/') ? state : join(home || homedir(), '.local/state'), 'chainmail/probation')
}

/** Whether a folder belongs to this root: an ordinary user may be called root in a user namespace of his own. */
function isWritableByRoot(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.uid === 0
}

/** Distinguishes the starts of the machine. */
function bootName(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
}

/** @throws ChainmailError `folder-unsafe` */
function makePrivate(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const { mode, uid } = lstatSync(path)
  if (uid === process.geteuid?.() && (mode & 0o077) === 0) return
  throw new ChainmailError(
    'folder-unsafe',
    `The folder ${path} may hold how a firewall is put back, but others can write to it or own it: remove it, or give it mode 0700.`,
  )
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    if (isAbsent(error) || codeOf(error) === 'EACCES') return []
    throw error
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

function self(): string {
  const name = processName()
  if (name !== undefined) return name
  throw new ChainmailError('folder-unsafe', 'Without /proc a probation cannot be guarded: mount it.')
}

/** Whether there is no such file, or no such folder for it. */
function isAbsent(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
