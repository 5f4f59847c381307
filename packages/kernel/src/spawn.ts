import koffi from 'koffi'
import { ECHILD, EINVAL } from './errno.ts'
import { SystemCallError } from './syscalls.ts'

/**
 * posix_spawn(3), through koffi. Node's own way is fork(2), which copies the tables of all memory that this process holds:
 * 6 ms for 100 MB, in which nothing else is done. Here the child borrows them until it has become the program.
 */

/** Larger than those of glibc and musl, which keep what is in them to themselves. */
const OPAQUE = 1024

/** spawn.h. */
const POSIX_SPAWN_SETSIGDEF = 0x04
const POSIX_SPAWN_SETSIGMASK = 0x08
const POSIX_SPAWN_SETSID = 0x80

/** bits/wait.h. */
const WNOHANG = 1

/** asm-generic/fcntl.h. */
const O_RDONLY = 0

const libc = koffi.load(null)
const attributesInit: (attributes: Uint8Array) => number = libc.func(
  'int posix_spawnattr_init(void *attributes)',
)
const attributesDestroy: (attributes: Uint8Array) => number = libc.func(
  'int posix_spawnattr_destroy(void *attributes)',
)
const setFlags: (attributes: Uint8Array, flags: number) => number = libc.func(
  'int posix_spawnattr_setflags(void *attributes, int16_t flags)',
)
const setDefaults: (attributes: Uint8Array, signals: Uint8Array) => number = libc.func(
  'int posix_spawnattr_setsigdefault(void *attributes, const void *signals)',
)
const setMask: (attributes: Uint8Array, signals: Uint8Array) => number = libc.func(
  'int posix_spawnattr_setsigmask(void *attributes, const void *signals)',
)
const actionsInit: (actions: Uint8Array) => number = libc.func(
  'int posix_spawn_file_actions_init(void *actions)',
)
const actionsDestroy: (actions: Uint8Array) => number = libc.func(
  'int posix_spawn_file_actions_destroy(void *actions)',
)
const addDuplicate: (actions: Uint8Array, from: number, to: number) => number = libc.func(
  'int posix_spawn_file_actions_adddup2(void *actions, int from, int to)',
)
const addOpen: (actions: Uint8Array, to: number, path: string, flags: number, mode: number) => number =
  libc.func(
    'int posix_spawn_file_actions_addopen(void *actions, int to, const char *path, int flags, unsigned int mode)',
  )
const addFolder: (actions: Uint8Array, path: string) => number = libc.func(
  'int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)',
)
const spawnProgram: (
  processId: Uint8Array,
  path: string,
  actions: Uint8Array,
  attributes: Uint8Array,
  words: readonly (string | null)[],
  environment: readonly (string | null)[],
) => number = libc.func(
  'int posix_spawn(void *processId, const char *path, const void *actions, const void *attributes, const char **words, const char **environment)',
)
const libcWaitpid: (processId: number, status: Uint8Array, options: number) => number = libc.func(
  'int waitpid(int processId, void *status, int options)',
)

/** sigset_t: a bit for each. sigfillset(3) leaves out the two that glibc keeps to itself, which would be ignored then. */
const everySignal = new Uint8Array(OPAQUE).fill(0xff)
const noSignal = new Uint8Array(OPAQUE)

/** What a program is started with. */
export interface Start {
  /** The program's file; no folder is searched. */
  readonly path: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** The descriptors that become its standard input, output and errors; for none, its input is empty. */
  readonly input: number | undefined
  readonly output: number
  readonly errors: number
  /** In a session of its own, and in the root folder. */
  readonly apart: boolean
}

/**
 * Starts a program, with all signals as they are by default and none blocked.
 *
 * @returns its process id; whoever starts it has to wait for it
 * @throws SystemCallError
 */
export function spawn({ path, args, environment, input, output, errors, apart }: Start): number {
  const words = [path, ...args]
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  // C would end a text there, and the program would be told something else.
  if ([...words, ...variables].some((text) => text.includes('\0')))
    throw new SystemCallError('posix_spawn', EINVAL)
  const attributes = new Uint8Array(OPAQUE)
  const actions = new Uint8Array(OPAQUE)
  check(attributesInit(attributes))
  check(actionsInit(actions))
  try {
    const session = apart ? POSIX_SPAWN_SETSID : 0
    check(setFlags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | session))
    check(setDefaults(attributes, everySignal))
    check(setMask(attributes, noSignal))
    check(
      input === undefined ? addOpen(actions, 0, '/dev/null', O_RDONLY, 0) : addDuplicate(actions, input, 0),
    )
    check(addDuplicate(actions, output, 1))
    check(addDuplicate(actions, errors, 2))
    if (apart) check(addFolder(actions, '/'))
    const processId = new Int32Array(1)
    const found = new Uint8Array(processId.buffer)
    check(spawnProgram(found, path, actions, attributes, [...words, null], [...variables, null]))
    return processId[0] ?? 0
  } finally {
    actionsDestroy(actions)
    attributesDestroy(attributes)
  }
}

/** waitpid(2) without waiting: the status of a child that has ended, undefined for one that runs. 0 where nobody knows. */
export function endOf(processId: number): number | undefined {
  const status = new Int32Array(1)
  const found = libcWaitpid(processId, new Uint8Array(status.buffer), WNOHANG)
  if (found === 0) return undefined
  if (found < 0) {
    const errno = koffi.errno()
    if (errno !== ECHILD) throw new SystemCallError('waitpid', errno)
  }
  return status[0] ?? 0
}

/** These functions return the errno. */
function check(errno: number): void {
  if (errno !== 0) throw new SystemCallError('posix_spawn', errno)
}
