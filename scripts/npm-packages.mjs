// @ts-check
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The part of a package-lock.json (version 3) that tells what belongs into node_modules.
 * @typedef {{ packages?: Record<string, { version?: string, integrity?: string, link?: boolean, optional?: boolean }> }} Lockfile
 */

/**
 * Names the packages of the lockfile that node_modules lacks or holds in another version. Optional packages
 * may be absent: most of them are for other processors. npm itself keeps the second lockfile, and writes it
 * when an installation is complete.
 * @param {Lockfile} wanted package-lock.json
 * @param {Lockfile} installed node_modules/.package-lock.json
 * @returns {string[]} folders, such as `node_modules/fastify`
 */
export function outdatedPackages(wanted, installed) {
  return Object.entries(wanted.packages ?? {})
    .filter(([folder, entry]) => {
      if (!folder.startsWith('node_modules/') && !folder.includes('/node_modules/')) return false
      const present = installed.packages?.[folder]
      if (present === undefined) return entry.optional !== true
      return present.version !== entry.version || present.integrity !== entry.integrity
    })
    .map(([folder]) => folder)
}

/**
 * @param {string} file
 * @returns {Lockfile}
 */
function readLockfile(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}

/** @param {string} root the folder of package-lock.json */
export function npmPackagesAreCurrent(root) {
  const installed = readLockfile(join(root, 'node_modules/.package-lock.json'))
  if (installed.packages === undefined) return false
  return outdatedPackages(readLockfile(join(root, 'package-lock.json')), installed).length === 0
}

/**
 * Runs `npm ci`, with the packages for development even where NODE_ENV says production.
 * @param {string} root the folder of package-lock.json
 * @param {(line: string) => void} say
 * @throws {Error} one sentence to show the user
 */
export function installNpmPackages(root, say) {
  say('installing the npm packages of package-lock.json, and with them Node 24: npm ci')
  // Under `npm start` and `npm test`, npm tells where it is itself.
  const npm = process.env.npm_execpath
  const [command, ...words] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
  // Its warnings are about the Node that runs this, which is not the one that runs the packages.
  const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const result = spawnSync(command, [...words, 'ci', ...flags], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (result.status === 0) return
  const reason = result.error === undefined ? 'see its words above' : result.error.message
  throw new Error(`npm ci failed in ${root}: ${reason}`)
}
