// @ts-check
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './setup.mjs'

/** Gives a fresh network and mount namespace its own /run and a loopback device, then becomes its arguments. */
export const enterNamespace = join(root, 'scripts/enter-namespace.sh')

/**
 * The words that make the current user root of a user namespace. The network namespace is made in a second
 * step: one that is made in the same step has its files in /proc/net, such as iptables-legacy's list of
 * tables, owned by nobody, because its root has no mapping yet.
 */
export const asRoot = ['unshare', '--user', '--map-root-user', '--']

const ownProcesses = ['--pid', '--mount-proc', '--fork', '--kill-child']

/** Ways to a private namespace, the most private first; see unshare(1). */
const ways = [
  [...asRoot, 'unshare', '--net', '--mount', ...ownProcesses],
  // A container whose /proc is masked lets nobody mount another one.
  [...asRoot, 'unshare', '--net', '--mount', '--fork', '--kill-child'],
  // Root on a kernel without user namespaces.
  ['unshare', '--net', '--mount', ...ownProcesses],
]

/**
 * The words before a command that put it, as root, into network, mount and process namespaces of its own,
 * with a private /run; whatever it leaves running ends with it.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string[] | undefined} undefined where this machine gives this user none
 */
export function privateNamespace(environment) {
  return ways
    .map((way) => [...way, '--', enterNamespace])
    .find(([program = '', ...words]) => {
      return spawnSync(program, [...words, 'true'], { stdio: 'ignore', env: environment }).status === 0
    })
}

/** Why privateNamespace() gave none, and what to do about it. */
export const namespaceRefused =
  'this machine lets this user make no private network namespace; be root, or allow it (on Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0; in a container: --privileged)'
