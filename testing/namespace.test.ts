import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { describeOnKernel } from './kernel.ts'

describeOnKernel('the process of a test file', () => {
  const own = readlinkSync('/proc/self/ns/net')

  it('has a network namespace that its parent has not', () => {
    expect(own).not.toBe(readlinkSync(`/proc/${process.ppid}/ns/net`))
  })

  it('hands its namespace on to its children', () => {
    expect(execFileSync('readlink', ['/proc/self/ns/net'], { encoding: 'utf8' }).trim()).toBe(own)
  })

  it('has all of its threads in that namespace', async () => {
    const file = '/run/thread'
    await writeFile(file, 'written by a thread of the pool')
    expect(readFileSync(file, 'utf8')).toBe('written by a thread of the pool')
    rmSync(file)
    const threads = readdirSync('/proc/self/task').map((thread) => `/proc/self/task/${thread}/ns/net`)
    expect(new Set(threads.map((link) => readlinkSync(link)))).toEqual(new Set([own]))
  })

  it('starts with loopback up, and with no rule and no set', () => {
    expect(execFileSync('ip', ['-brief', 'link'], { encoding: 'utf8' })).toMatch(/^lo +UNKNOWN [^\n]*\n$/)
    expect(execFileSync('iptables', ['-S'], { encoding: 'utf8' })).toBe(
      '-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n',
    )
    expect(execFileSync('ipset', ['list', '-name'], { encoding: 'utf8' })).toBe('')
  })

  it('has a /run of its own, with nothing in it but its home', () => {
    expect(readdirSync('/run')).toEqual(['home'])
    expect(process.env.HOME).toBe('/run/home')
  })

  it('may read which tables iptables-legacy has', () => {
    execFileSync('iptables-legacy', ['-t', 'raw', '-S'])
    expect(readFileSync('/proc/net/ip_tables_names', 'utf8')).toContain('raw\n')
  })
})
