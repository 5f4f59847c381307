import { describe, expect, it } from 'vitest'
import type { Entry } from './entry.ts'
import { readNetwork } from './network.ts'
import { parseWhitelist, WhitelistError } from './whitelist.ts'

const from = (network: string): Entry => {
  const source = readNetwork(network)
  return { action: 'drop', chain: 'input', family: source.family, source }
}

describe('the whitelist', () => {
  const whitelist = parseWhitelist(
    '# friends\n127.0.0.1\n\n 10.0.0.0/24 # the office\n192.0.2.10-192.0.2.20\r\n2001:db8::/64\n',
  )

  it.each([
    ['127.0.0.1', true],
    ['127.0.0.2', false],
    ['10.0.0.7', true],
    ['10.0.0.0/16', true],
    ['10.0.1.0/24', false],
    ['192.0.2.9', false],
    ['192.0.2.10', true],
    ['192.0.2.20', true],
    ['192.0.2.21', false],
    ['192.0.2.16/29', true],
    ['192.0.2.24/29', false],
    ['2001:db8::7', true],
    ['2001:db8:0:1::7', false],
  ])('is touched by %s: %s', (network, touched) => {
    expect(whitelist.touches(from(network))).toBe(touched)
  })

  it('is touched by a destination too, and not by what names no address', () => {
    const entry: Entry = { action: 'drop', chain: 'forward', family: 'ipv4', inInterface: 'eth0' }
    expect(whitelist.touches(entry)).toBe(false)
    expect(whitelist.touches({ ...entry, destination: readNetwork('10.0.0.0/25') })).toBe(true)
  })

  it.each([
    ['nobody', '1'],
    ['# fine\n10.0.0.0/33', '2'],
    ['10.0.0.9-10.0.0.1', '1'],
    ['10.0.0.1-10.0.0.2-10.0.0.3', '1'],
    ['10.0.0.0/24-10.0.1.0/24', '1'],
    ['10.0.0.1-2001:db8::1', '1'],
    ['10.0.0.1 10.0.0.2', '1'],
  ])('can not be read from %j, and says in which line', (text, line) => {
    expect(() => parseWhitelist(text)).toThrow(WhitelistError)
    expect(() => parseWhitelist(text)).toThrow(`line ${line} of the whitelist`)
  })

  it('holds at least one address', () => {
    expect(() => parseWhitelist('# nobody\n')).toThrow('the whitelist holds no address')
  })
})
