import { describe, expect, it } from 'vitest'
import { checkFile } from './file.ts'
import { importRfw } from './rfw-import.ts'

const shipped = `
[config]
# HTTPS
outward.server
outward.server.port = 7393
outward.server.ip = 0.0.0.0
outward.server.certfile = /etc/rfw/ssl/server.crt
outward.server.keyfile = /etc/rfw/ssl/server.key
local.server
local.server.port = 7390
non.restful
# local.server.authentication
auth.username = somebody
auth.password = secret
default.expire = 24h
whitelist.file = /etc/rfw/white.list
iptables.path = iptables
`

describe("rfw's configuration", () => {
  it('as it is shipped becomes a file of settings that is right, without its password', () => {
    const { toml, whitelistFile, notes } = importRfw(shipped)
    expect(toml.slice(toml.indexOf('[https]'))).toBe(
      '[https]\nhost = "0.0.0.0"\nport = 7393\n\n[http]\nport = 7390\nidentity = "trusted"\n\n[rfw]\ndefault-expire = "24h"\nnon-restful = true\nwhitelist-file = "/etc/rfw/white.list"\n',
    )
    expect(checkFile(toml).problems).toEqual([])
    expect(whitelistFile).toBe('/etc/rfw/white.list')
    expect(notes).toHaveLength(5)
    expect(toml).not.toContain('secret')
  })

  it.each([
    ['default.expire = 0', 'default-expire = 0'],
    ['default.expire: 600', 'default-expire = 600'],
    ['Default.Expire=2h', 'default-expire = "2h"'],
    ['non.restful = no', 'non-restful = false'],
    ['local.server\nlocal.server.port = 8000', 'port = 8000'],
    ['outward.server\noutward.server.port = 8443', 'port = 8443'],
    ['outward.server = no', 'enabled = false'],
  ])('%s becomes %s', (line, setting) => {
    expect(importRfw(`[config]\n${line}\n`).toml).toContain(`\n${setting}\n`)
  })

  it('lets the plain HTTP server ask who it is where rfw did', () => {
    const { toml, notes } = importRfw('local.server\nlocal.server.port = 7390\nlocal.server.authentication\n')
    expect(toml).not.toContain('identity')
    expect(notes).toHaveLength(1)
  })

  it('opens no plain HTTP where rfw did not', () => {
    expect(importRfw('local.server.port = 7390\n').toml).not.toContain('[http]')
  })

  it.each([
    ['default.expire = soon', 'Line 1: default.expire: "soon" is not a time span'],
    ['local.server.port = x', 'Line 1: local.server.port: "x" is not a port'],
    ['whitelist.file = white.list', 'Line 1: whitelist.file: "white.list" is not an absolute path.'],
    ['outward.server.ip = here', 'Line 1: outward.server.ip: "here" is not an IPv4 or IPv6 address'],
    ['colour = red', 'Line 1: colour is no setting of rfw'],
  ])('%s is told of, and not taken over', (line, note) => {
    expect(importRfw(line).notes).toEqual([expect.stringContaining(note)])
  })
})
