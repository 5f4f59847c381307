import { notify } from '@chainmail/kernel'

/** What the service manager of this host, such as systemd, is told; see sd_notify(3). Nobody, where there is none. */
export interface ServiceManager {
  /** The state is restored and the doors are open; from here on it is told regularly that the process is alive. */
  ready(status: string): void
  reloading(): void
  stopping(): void
}

/**
 * @param environment NOTIFY_SOCKET, and WATCHDOG_USEC with WATCHDOG_PID, as systemd.exec(5) describes them
 * @param send what sends assignments to a socket, and tells whether they arrived
 */
export function serviceManager(
  environment: NodeJS.ProcessEnv = process.env,
  send: typeof notify = notify,
): ServiceManager {
  const address = environment.NOTIFY_SOCKET
  const tell = (...assignments: string[]): void => {
    if (address !== undefined && address !== '') send(address, assignments)
  }
  const watchdog = address === undefined ? undefined : watchdogMilliseconds(environment)
  let alive: NodeJS.Timeout | undefined
  return {
    ready: (status) => {
      tell('READY=1', `STATUS=${status.replaceAll('\n', ' ')}`)
      if (watchdog === undefined || alive !== undefined) return
      // The event loop that answers requests says it: where it hangs, nothing is said.
      alive = setInterval(() => tell('WATCHDOG=1'), Math.max(1, Math.floor(watchdog / 3)))
      alive.unref()
    },
    reloading: () => tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1_000n}`),
    stopping: () => tell('STOPPING=1'),
  }
}

/** How often the service manager wants to hear; undefined if it does not. */
function watchdogMilliseconds({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): number | undefined {
  if (WATCHDOG_USEC === undefined || !/^[1-9]\d{0,14}$/.test(WATCHDOG_USEC)) return undefined
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== '' && WATCHDOG_PID !== String(process.pid))
    return undefined
  return Number(WATCHDOG_USEC) / 1_000
}
