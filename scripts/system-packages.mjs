// @ts-check
import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * A program of the system that a script needs, and the Debian package that brings it.
 * @typedef {{ command: string, package: string, why: string }} SystemTool
 */

/**
 * What is known of this machine when packages are to be installed.
 * @typedef {{ root: boolean, apt: boolean, sudo: 'no' | 'without-password' | 'asks' }} Installer
 */

/** @typedef {keyof typeof systemTools} SystemToolName */

export const systemTools = Object.freeze({
  iptables: {
    command: 'iptables-restore',
    package: 'iptables',
    why: "it reads and writes the kernel's rules",
  },
  ipset: { command: 'ipset', package: 'ipset', why: "it shows the kernel's sets beside chainmail" },
  ip: { command: 'ip', package: 'iproute2', why: 'it sets up network namespaces' },
  nft: { command: 'nft', package: 'nftables', why: 'it changes rules behind chainmail, and shows them' },
  curl: { command: 'curl', package: 'curl', why: "it asks the daemon as anybody's client does" },
  openssl: { command: 'openssl', package: 'openssl', why: 'it judges the certificates' },
  ping: { command: 'ping', package: 'iputils-ping', why: 'it sends packets through the rules' },
  systemd: {
    command: 'systemd-analyze',
    package: 'systemd',
    why: 'it judges the units; nothing of it is started',
  },
  debootstrap: { command: 'debootstrap', package: 'debootstrap', why: 'it installs a machine to start' },
  nspawn: {
    command: 'systemd-nspawn',
    package: 'systemd-container',
    why: 'it starts a machine with a systemd of its own',
  },
  unshare: { command: 'unshare', package: 'util-linux', why: 'it makes private network namespaces' },
})

/**
 * PATH with the folders of the administrator's programs, which an ordinary user's PATH lacks on Debian.
 * @param {string} path
 */
export function withSystemFolders(path) {
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  for (const folder of ['/usr/sbin', '/sbin']) if (!folders.includes(folder)) folders.push(folder)
  return folders.join(delimiter)
}

/**
 * The first executable file of that name on the PATH, as a shell would find it.
 * @param {string} command
 * @param {string} path
 * @returns {string | undefined}
 */
export function findCommand(command, path) {
  return path
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/**
 * @param {readonly SystemToolName[]} names
 * @param {string} path
 * @returns {SystemTool[]}
 */
export function missingTools(names, path) {
  return names
    .map((name) => systemTools[name])
    .filter((tool) => findCommand(tool.command, path) === undefined)
}

/**
 * The words in front of `apt-get`, or the sentence that says why it can't be called.
 * @param {readonly SystemTool[]} missing
 * @param {Installer} installer
 * @returns {{ prefix: string[] } | { refusal: string }}
 */
export function installPlan(missing, installer) {
  const names = missing.map((tool) => tool.package).join(' ')
  if (!installer.apt) {
    return {
      refusal: `Missing: ${names}. There is no apt-get here: install them with this system's package manager.`,
    }
  }
  if (installer.root) return { prefix: [] }
  if (installer.sudo === 'without-password') return { prefix: ['sudo', '-n'] }
  if (installer.sudo === 'asks') return { prefix: ['sudo'] }
  return { refusal: `Missing: ${names}. This user may not install them; as root: apt-get install ${names}` }
}

/**
 * @param {string} path
 * @returns {Installer}
 */
function inspectInstaller(path) {
  const root = process.getuid?.() === 0
  const hasSudo = !root && findCommand('sudo', path) !== undefined
  const freely =
    hasSudo &&
    spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore', env: { ...process.env, PATH: path } }).status === 0
  return {
    root,
    apt: findCommand('apt-get', path) !== undefined,
    sudo: freely ? 'without-password' : hasSudo && process.stdin.isTTY ? 'asks' : 'no',
  }
}

/** A fresh container image has no package lists: nothing can be installed before an update. */
function listsAreEmpty() {
  try {
    return !readdirSync('/var/lib/apt/lists').some(
      (name) => name.includes('_Packages') || name.includes('_InRelease'),
    )
  } catch {
    return true
  }
}

/**
 * Installs what is missing through apt-get, saying what and why.
 * @param {readonly SystemToolName[]} names
 * @param {string} path
 * @param {(line: string) => void} say
 * @throws {Error} one sentence to show the user, when a package can't be installed
 */
export function installSystemPackages(names, path, say) {
  const missing = missingTools(names, path)
  if (missing.length === 0) return
  const plan = installPlan(missing, inspectInstaller(path))
  if ('refusal' in plan) throw new Error(plan.refusal)

  /** @param {...string} words */
  const aptGet = (...words) => {
    // sudo drops the environment, so env sets the variable behind it.
    const [command = 'env', ...rest] = [
      ...plan.prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-q',
      '-o',
      'DPkg::Lock::Timeout=300',
      ...words,
    ]
    return spawnSync(command, rest, {
      stdio: ['inherit', 'pipe', 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    })
  }
  const packages = missing.map((tool) => tool.package)
  for (const tool of missing) say(`installing the system package ${tool.package}: ${tool.why}`)
  const install = () => aptGet('install', '-y', '--no-install-recommends', ...packages)

  let updated = listsAreEmpty()
  if (updated) aptGet('update')
  let result = install()
  if (result.status !== 0 && !updated) {
    updated = true
    aptGet('update')
    result = install()
  }
  const left = missingTools(names, path)
  if (result.status === 0 && left.length === 0) return
  const reason = result.error?.message ?? result.stderr.trim()
  throw new Error(`apt-get could not install ${packages.join(' ')}: ${reason}`)
}
