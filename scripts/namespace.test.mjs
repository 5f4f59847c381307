import { execFileSync, spawnSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../testing/kernel.ts'
import { privateNamespace } from './namespace.mjs'
import { root } from './setup.mjs'

describeOnKernel('a private namespace', () => {
  const [program = '', ...words] = privateNamespace(process.env) ?? []
  /** @param {...string} command */
  const inside = (...command) => execFileSync(program, [...words, ...command], { encoding: 'utf8' }).trim()

  it('has another network than the one that it was made from', () => {
    expect(inside('readlink', '/proc/self/ns/net')).not.toBe(readlinkSync('/proc/self/ns/net'))
  })

  it('has loopback up, and lets its root add rules that nobody else sees', () => {
    expect(inside('ip', '-brief', 'link')).toMatch(/^lo +UNKNOWN/)
    expect(inside('sh', '-c', 'iptables -A INPUT -j DROP && iptables -S INPUT')).toContain('-A INPUT -j DROP')
    expect(execFileSync('iptables', ['-S', 'INPUT'], { encoding: 'utf8' })).toBe('-P INPUT ACCEPT\n')
  })

  it('has an empty /run', () => {
    expect(inside('ls', '/run')).toBe('home')
  })

  it('hands back the exit code', () => {
    expect(spawnSync(program, [...words, 'sh', '-c', 'exit 5']).status).toBe(5)
  })
})

it('is none where there is no unshare', () => {
  expect(privateNamespace({ PATH: join(root, 'nowhere') })).toBeUndefined()
})
