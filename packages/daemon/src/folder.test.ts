import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from './folder.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-folder-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a folder', () => {
  it('is made with those above it, each with the mode that is asked for', () => {
    makeFolder(join(folder, 'a/b'), 0o700)
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'a/b')).mode & 0o777).toBe(0o700)
  })

  it('that is there is left as it is', () => {
    makeFolder(join(folder, 'a'), 0o700)
    makeFolder(join(folder, 'a'), 0o777)
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700)
  })

  it('is refused where a file is in the way', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => makeFolder(join(folder, 'file'))).toThrow('EEXIST')
    expect(() => makeFolder(join(folder, 'file/below'))).toThrow('ENOTDIR')
  })

  it('is refused, and does not hang, where the kernel makes none', () => {
    expect(() => makeFolder('/proc/chainmail/below')).toThrow('ENOENT')
    expect(existsSync('/proc/chainmail')).toBe(false)
  })
})
