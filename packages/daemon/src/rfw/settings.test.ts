import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSettings } from './settings.ts'

describe('the settings', () => {
  it('are those of rfw when nothing is said', () => {
    expect(readSettings({})).toEqual({ nonRestful: false, defaultExpire: 86_400 })
  })

  it('are read from the words of rfw.conf', () => {
    const folder = mkdtempSync(join(tmpdir(), 'chainmail-rfw-'))
    try {
      const whitelistFile = join(folder, 'white.list')
      writeFileSync(whitelistFile, '127.0.0.1\n')
      const settings = readSettings({ nonRestful: 'true', defaultExpire: '0', whitelistFile })
      expect(settings).toMatchObject({ nonRestful: true, defaultExpire: 0 })
      expect(settings.whitelist).toBeDefined()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it.each([
    { defaultExpire: 'soon' },
    { defaultExpire: '' },
    { nonRestful: 'yes' },
    { whitelistFile: '/nowhere/white.list' },
    { whitelistFile: '/dev/null' },
  ])('%j is refused, by its name', (texts) => {
    expect(() => readSettings(texts)).toThrow(
      expect.objectContaining({
        code: 'bad-setting',
        message: expect.stringMatching(/default\.expire|non\.restful|whitelist\.file/),
      }),
    )
  })
})
