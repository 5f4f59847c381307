// @ts-check
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/**
 * @typedef {object} ForegroundOptions
 * @property {(pid: number) => void} [started] called with the process id, which is also that of what it execs
 * @property {boolean} [killed] whether SIGKILL ends the program in place of a signal that comes here:
 *   `unshare --fork` ignores the others
 */

/**
 * Runs a program in the foreground, as a shell's exec would: the terminal is its own, signals reach it, its
 * exit code is handed back.
 * @param {readonly string[]} command the program and its arguments
 * @param {NodeJS.ProcessEnv} environment
 * @param {ForegroundOptions} [options]
 * @returns {Promise<number>} its exit code; 128 and the signal's number when a signal ended it, as in sh(1)
 */
export function foreground([program = '', ...words], environment, { started, killed = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'inherit', env: environment })
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      // The terminal sends its SIGINT to all that run in it: once is enough.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(killed ? 'SIGKILL' : signal)
    }
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']
    for (const signal of signals) process.on(signal, forward)
    child.once('spawn', () => started?.(child.pid ?? 0))
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}
