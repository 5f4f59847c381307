import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCommand, installPlan, missingTools, systemTools, withSystemFolders } from './system-packages.mjs'

/** A folder with the program `ipset`, and with a file `ip` that nobody may execute. */
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-path-'))
  for (const name of ['ipset', 'ip']) writeFileSync(join(folder, name), '#!/bin/sh\n')
  chmodSync(join(folder, 'ipset'), 0o755)
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('the PATH', () => {
  it('gains the folders of system programs, once', () => {
    const path = withSystemFolders('/usr/bin:/sbin')
    expect(path).toBe('/usr/bin:/sbin:/usr/sbin')
    expect(withSystemFolders(path)).toBe(path)
    expect(withSystemFolders('')).toBe('/usr/sbin:/sbin')
  })

  it('is searched for programs in its order', () => {
    expect(findCommand('ipset', `/nowhere:${folder}`)).toBe(join(folder, 'ipset'))
    expect(findCommand('ipset', '/nowhere')).toBeUndefined()
  })
})

describe('the system programs', () => {
  it('are missing when no executable file on the PATH has their name', () => {
    expect(missingTools(['iptables', 'ipset', 'ip'], folder)).toEqual([systemTools.iptables, systemTools.ip])
  })

  const missing = [systemTools.iptables, systemTools.ipset]

  it('are installed by root directly, and by others through sudo', () => {
    expect(installPlan(missing, { root: true, apt: true, sudo: 'no' })).toEqual({ prefix: [] })
    expect(installPlan(missing, { root: false, apt: true, sudo: 'without-password' })).toEqual({
      prefix: ['sudo', '-n'],
    })
    expect(installPlan(missing, { root: false, apt: true, sudo: 'asks' })).toEqual({ prefix: ['sudo'] })
  })

  it('are named with the command to type, when this user may not install them', () => {
    expect(installPlan(missing, { root: false, apt: true, sudo: 'no' })).toEqual({
      refusal:
        'Missing: iptables ipset. This user may not install them; as root: apt-get install iptables ipset',
    })
  })

  it('are named when there is no apt-get', () => {
    expect(installPlan(missing, { root: true, apt: false, sudo: 'no' })).toEqual({
      refusal:
        "Missing: iptables ipset. There is no apt-get here: install them with this system's package manager.",
    })
  })
})
