import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { spellingOf } from '../model/version.ts'
import { hostSpelling } from './host.ts'
import { parseRule } from './parse-rule.ts'
import { renderRule } from './render-rule.ts'

it.each([
  ['1.4.21', '-p gre'],
  ['1.8.9', '-p gre'],
  ['1.8.10', '-p gre'],
  ['1.8.11', '-p 47'],
  ['1.8.12', '-p 47'],
  ['1.10', '-p 47'],
  ['2.0.1', '-p 47'],
])('a rule is written as iptables-save %s prints it', (version, text) => {
  const rule = parseRule('-p 47', { family: 'ipv4' })
  expect(renderRule(rule, { family: 'ipv4', ...spellingOf(version) })).toBe(text)
})

it('the host is asked for its version, and has none without iptables', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chainmail-'))
  try {
    expect(await hostSpelling('ipv4', folder)).toBeUndefined()
    const words = '#!/bin/sh\necho "iptables-save v1.8.11 (nf_tables)"\n'
    await writeFile(join(folder, 'iptables-nft-save'), words, { mode: 0o700 })
    expect(await hostSpelling('ipv4', folder)).toEqual({ iptables: '1.8.11' })
    expect(await hostSpelling('ipv6', folder)).toBeUndefined()
  } finally {
    await rm(folder, { recursive: true })
  }
})
