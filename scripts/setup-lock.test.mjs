import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withLock } from './setup-lock.mjs'

it('gives what the action gives, and is free again afterwards, when it throws too', async () => {
  const name = `chainmail-test-${process.pid}`
  expect(await withLock(name, () => 1)).toBe(1)
  await expect(
    withLock(name, () => {
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(await withLock(name, () => 2)).toBe(2)
})

it('lets one process act at a time', async () => {
  const name = `chainmail-test-${process.pid}-many`
  const program = `
    import { writeSync } from 'node:fs'
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'setup-lock.mjs'))}
    await withLock(${JSON.stringify(name)}, () => {
      writeSync(1, '(')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
      writeSync(1, ')')
    })`
  let printed = ''
  const children = Array.from({ length: 5 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.on('data', (data) => {
      printed += data
    })
    return child
  })
  await Promise.all(children.map((child) => once(child, 'close')))
  expect(printed).toBe('()()()()()')
})

it('is free when its holder was killed', async () => {
  const name = `chainmail-test-${process.pid}-killed`
  const program = `
    import { writeSync } from 'node:fs'
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'setup-lock.mjs'))}
    await withLock(${JSON.stringify(name)}, () => {
      writeSync(1, 'held')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  const waiting = withLock(name, () => 'mine')
  holder.kill('SIGKILL')
  expect(await waiting).toBe('mine')
})
