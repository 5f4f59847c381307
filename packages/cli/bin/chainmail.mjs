#!/usr/bin/env node
// @ts-check
// Plain JavaScript that older versions of Node run too: the command itself is TypeScript, which Node runs as it is
// from 22.18 on. An older one looks for the build that the repository pins, and hands over to it.
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import module from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(import.meta.url)
const home = dirname(dirname(launcher))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 18)) {
  keepCompiled(home)
  await import(new URL('../src/main.ts', import.meta.url).href)
} else {
  const node = pinnedNode(home)
  if (node === undefined) {
    process.stderr.write(
      `chainmail: it needs Node.js 22.18 or newer, and this is ${process.versions.node}. Install a newer one, or the npm package node-linux-${process.arch} beside chainmail.\n`,
    )
    process.exitCode = 1
  } else {
    handOver(node)
  }
}

/**
 * Keeps the compiled code beside the source, which halves the time that a command takes. It is as safe as the source
 * there, and belongs to the same user: nobody is left with files that are another's.
 * @param {string} folder
 */
function keepCompiled(folder) {
  if (statSync(folder).uid === process.geteuid?.()) {
    module.enableCompileCache(join(folder, 'node_modules/.cache/chainmail'))
  }
}

/**
 * The build of Node that npm put beside this package: where it is a folder of the repository, or an installed package.
 * @param {string} folder
 * @returns {string | undefined}
 */
function pinnedNode(folder) {
  return ['../..', '../../..']
    .map((parent) => join(folder, parent, `node_modules/node-linux-${process.arch}/bin/node`))
    .find((node) => existsSync(node))
}

/** @param {string} node */
function handOver(node) {
  // By the name that it was called by, which may be that of a program that it stands in for.
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  // A terminal sends Ctrl-C to both; the command ends by it, and this one with it.
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => {
    process.stderr.write(`chainmail: ${node} does not run here: ${error.message}\n`)
    process.exitCode = 1
  })
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
  })
}
