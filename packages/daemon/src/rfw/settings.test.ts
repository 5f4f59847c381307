import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultSettings, rfwSettings } from './settings.ts'

describe('the settings', () => {
  it('have no whitelist unless one is named', () => {
    expect(rfwSettings(defaultSettings)).toEqual({ nonRestful: false, defaultExpire: 86_400 })
  })

  it('hold the whitelist of the file that is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'chainmail-rfw-'))
    try {
      const whitelistFile = join(folder, 'white.list')
      writeFileSync(whitelistFile, '127.0.0.1\n')
      const settings = rfwSettings({ nonRestful: true, defaultExpire: 0, whitelistFile })
      expect(settings).toMatchObject({ nonRestful: true, defaultExpire: 0 })
      expect(settings.whitelist).toBeDefined()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it.each(['/nowhere/white.list', '/dev/null'])('%s is refused as a whitelist, by its name', (path) => {
    expect(() => rfwSettings({ ...defaultSettings, whitelistFile: path })).toThrow(
      expect.objectContaining({ code: 'bad-setting', message: expect.stringContaining(path) }),
    )
  })
})
