import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { describeOnKernel } from '../kernel.ts'
import { fuzz } from './run.ts'

/** Eight groups of requests that are sent together. */
const REQUESTS = 256
const seed = Date.now() % 1_000_000

describeOnKernel('a daemon that is asked whatever its document allows, and more', () => {
  it(`answers as the document says, and changes what it is asked to and tells of (seed ${seed})`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chainmail-fuzz-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const { faults, requests, revisions } = await fuzz({ requests: REQUESTS, seed, rules: 15, folder })
    expect(faults).toEqual([])
    expect(requests).toBe(REQUESTS)
    expect(revisions).toBeGreaterThan(1)
  }, 120_000)
})
