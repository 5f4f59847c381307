import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { foreground } from './foreground.mjs'

it("hands back the program's exit code", async () => {
  expect(await foreground(['sh', '-c', 'exit 7'], process.env)).toBe(7)
})

it('gives 128 and the number of the signal that ended the program', async () => {
  expect(await foreground(['sh', '-c', 'kill -TERM $$'], process.env)).toBe(143)
})

it('fails when there is no such program', async () => {
  await expect(foreground(['/nowhere/program'], process.env)).rejects.toThrow('ENOENT')
})

it('tells the process id of the program', async () => {
  let told = 0
  const started = (/** @type {number} */ pid) => {
    told = pid
  }
  await foreground(['sh', '-c', 'exit 0'], process.env, { started })
  expect(told).toBeGreaterThan(0)
})

/**
 * Runs a program in the foreground of a process of its own, and sends that process a signal.
 * @param {string} program JavaScript
 * @param {NodeJS.Signals} signal
 * @param {{ killed?: boolean }} options
 */
async function signalled(program, signal, options) {
  const outer = `
    import { foreground } from ${JSON.stringify(join(import.meta.dirname, 'foreground.mjs'))}
    const command = [process.execPath, '--eval', ${JSON.stringify(program)}]
    process.exitCode = await foreground(command, process.env, ${JSON.stringify(options)})`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', outer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill(signal)
  return once(child, 'exit')
}

/** @type {NodeJS.Signals[]} */
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']

it.each(forwarded)('passes %s on to the program', async (signal) => {
  const program = `process.on('${signal}', () => process.exit(9)); setInterval(() => undefined, 1000); console.log('ready')`
  expect(await signalled(program, signal, {})).toEqual([9, null])
})

it('kills a program that ignores signals, if told so', async () => {
  const program = `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); console.log('ready')`
  expect(await signalled(program, 'SIGTERM', { killed: true })).toEqual([137, null])
})
