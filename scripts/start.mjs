// @ts-check

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { foreground } from './foreground.mjs'
import { asRoot, namespaceRefused } from './namespace.mjs'
import { root, runScript, say, setUp } from './setup.mjs'

const daemon = join(root, 'packages/daemon/bin/chainmail-daemon.mjs')
const words = process.argv.slice(2)

/**
 * Becomes root in a user and a network namespace. There is no mount namespace, so that the daemon's socket
 * and files stay where the user's other programs find them.
 */
const ownNetwork = [...asRoot, 'unshare', '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"']

/** The lock of iptables-legacy is otherwise /run/xtables.lock, which is root's. */
function ownXtablesLock() {
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local/state')
  const folder = join(process.env.XDG_RUNTIME_DIR || state, 'chainmail')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return join(folder, 'xtables.lock')
}

await runScript(async () => {
  if (process.getuid?.() === 0) {
    const { node, environment } = await setUp({ system: ['iptables', 'ipset'] })
    return foreground([node, daemon, ...words], environment)
  }
  const { node, environment } = await setUp({ system: ['iptables', 'ipset', 'ip', 'unshare'] })
  const [unshare = '', ...flags] = ownNetwork
  if (spawnSync(unshare, [...flags, 'true'], { stdio: 'ignore', env: environment }).status !== 0)
    throw new Error(namespaceRefused)
  /** @param {number} pid */
  const started = (pid) => {
    say("not root, so the daemon runs in a private network namespace: this host's rules stay as they are")
    say(`look inside with: nsenter --preserve-credentials -U -n -t ${pid} iptables-save`)
  }
  return foreground(
    [...ownNetwork, node, daemon, ...words],
    { XTABLES_LOCKFILE: ownXtablesLock(), ...environment },
    { started },
  )
})
