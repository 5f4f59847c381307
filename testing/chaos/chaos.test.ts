import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { describeOnKernel } from '../kernel.ts'
import { chaos } from './run.ts'

const KILLS = 5
const seed = Date.now() % 1_000_000

describeOnKernel('a daemon that is killed under load', () => {
  it(`has everything that it acknowledged after each restart, and nothing by halves (seed ${seed})`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chainmail-chaos-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const { faults, kills, acknowledged } = await chaos({ kills: KILLS, seed, bans: 500, rules: 50, folder })
    expect(faults).toEqual([])
    expect(kills).toBe(KILLS)
    expect(acknowledged).toBeGreaterThan(1)
  }, 120_000)
})
