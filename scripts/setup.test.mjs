import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { node24, root, runsTypeScript } from './setup.mjs'

describe('the Node for the sources', () => {
  it.each([
    ['v20.20.2', false],
    ['v22.17.1', false],
    ['v22.18.0', true],
    ['v24.0.0', true],
    ['', false],
  ])('of version "%s" runs TypeScript: %s', (version, runs) => {
    expect(runsTypeScript(version)).toBe(runs)
  })

  it('is there, and runs TypeScript', () => {
    const { stdout } = spawnSync(node24(), ['--version'], { encoding: 'utf8' })
    expect(runsTypeScript(stdout)).toBe(true)
  })

  it('is the one that runs these tests', () => {
    expect(process.execPath).toBe(node24())
  })
})

it('knows the folder of the checkout', () => {
  expect(existsSync(join(root, 'package-lock.json'))).toBe(true)
})
