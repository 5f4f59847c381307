import { DaemonError } from '../errors.ts'

/** Descriptors of listening sockets that a service manager has opened. */
export interface PassedDoors {
  readonly socket: number
  /** On loopback. */
  readonly http: readonly number[]
  readonly https: readonly number[]
}

/** The first descriptor that is handed over, SD_LISTEN_FDS_START of sd_listen_fds(3). */
const FIRST = 3

const NAMES = ['socket', 'http', 'https']

/**
 * The doors that a service manager hands over by the protocol of sd_listen_fds(3): one named `socket`, the unix socket,
 * and any number named `http` and `https`. Undefined where it hands over none.
 * @throws DaemonError `bad-setting`
 */
export function passedDoors(
  environment: NodeJS.ProcessEnv = process.env,
  pid = process.pid,
): PassedDoors | undefined {
  const { LISTEN_PID, LISTEN_FDS = '', LISTEN_FDNAMES = '' } = environment
  if (LISTEN_PID !== String(pid) || !/^[1-9]\d{0,3}$/.test(LISTEN_FDS)) return undefined
  const names = LISTEN_FDNAMES.split(':')
  const doors = Array.from({ length: Number(LISTEN_FDS) }, (_, index) => ({
    name: names[index] ?? '',
    descriptor: FIRST + index,
  }))
  const strange = doors.find(({ name }) => !NAMES.includes(name))
  if (strange !== undefined)
    throw new DaemonError(
      'bad-setting',
      `LISTEN_FDNAMES: ${JSON.stringify(strange.name)} is not socket, http or https: a socket unit names its doors so with FileDescriptorName=.`,
    )
  const [socket, ...more] = doors.filter(({ name }) => name === 'socket')
  if (socket === undefined || more.length > 0)
    throw new DaemonError(
      'bad-setting',
      'LISTEN_FDNAMES: one socket unit, and no more, hands over the unix socket, with FileDescriptorName=socket.',
    )
  const named = (wanted: string) =>
    doors.filter(({ name }) => name === wanted).map(({ descriptor }) => descriptor)
  return { socket: socket.descriptor, http: named('http'), https: named('https') }
}
