// @ts-check
// Runs on Node 20 before anything is installed: plain JavaScript, the standard library alone.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installNpmPackages, npmPackagesAreCurrent } from './npm-packages.mjs'
import { withLock } from './setup-lock.mjs'
import { installSystemPackages, missingTools, withSystemFolders } from './system-packages.mjs'

/** @typedef {import('./system-packages.mjs').SystemToolName} SystemToolName */

/** The folder of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The oldest Node that runs TypeScript sources as they are. */
const oldestNode = [22, 18]

/** @param {string} line */
export const say = (line) => process.stderr.write(`chainmail: ${line}\n`)

/**
 * @param {string} version as `node --version` prints it, such as `v24.21.0`
 * @returns {boolean} whether this Node runs TypeScript sources
 */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}

/**
 * The Node that runs the sources: the pinned one from node_modules, or this one where that has no build for
 * this machine (another processor, or a C library other than glibc).
 * @returns {string} an absolute path
 * @throws {Error} one sentence to show the user, when neither will do
 */
export function node24() {
  const pinned = join(root, `node_modules/node-linux-${process.arch}/bin/node`)
  const { status, stdout } = spawnSync(pinned, ['--version'], { encoding: 'utf8' })
  if (status === 0 && runsTypeScript(stdout)) return pinned
  if (runsTypeScript(process.version)) return process.execPath
  throw new Error(
    `There is no Node build in node_modules for this machine, and its own Node ${process.version} is too old: install Node 22.18 or newer.`,
  )
}

/**
 * Sets up what is missing, saying what and why, and leaves alone what is there.
 * @param {{ system: readonly SystemToolName[] }} needs
 * @returns {Promise<{ node: string, environment: NodeJS.ProcessEnv }>} Node 24, and the environment for what
 *   it runs: a PATH that finds the same Node, the packages' commands and the system's
 * @throws {Error} one sentence to show the user
 */
export async function setUp({ system }) {
  if (process.platform !== 'linux')
    throw new Error('chainmail changes the firewall of the Linux kernel: it needs Linux.')
  const path = withSystemFolders(process.env.PATH ?? '')
  const complete = () => missingTools(system, path).length === 0 && npmPackagesAreCurrent(root)
  if (!complete()) {
    const checkout = createHash('sha256').update(root).digest('hex').slice(0, 16)
    await withLock(`chainmail-setup-${checkout}`, () => {
      installSystemPackages(system, path, say)
      if (!npmPackagesAreCurrent(root)) installNpmPackages(root, say)
    })
  }
  const node = node24()
  const folders = [dirname(node), join(root, 'node_modules/.bin'), path]
  return { node, environment: { ...process.env, PATH: folders.join(delimiter) } }
}

/**
 * Runs a script: what it throws becomes one line on stderr and exit code 1.
 * @param {() => Promise<number>} script gives the exit code
 */
export async function runScript(script) {
  try {
    process.exitCode = await script()
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    const { node } = await setUp({ system: ['iptables', 'ipset', 'ip', 'unshare'] })
    say(`everything is set up; the sources run on ${node}`)
    return 0
  })
}
