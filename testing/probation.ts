import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Backend } from '@chainmail/kernel'
import { type DesiredInput, type Firewall, openFirewall, type Probation } from 'chainmail'
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import { JournalFolder } from '../packages/chainmail/src/engine/probation/journal-folder.ts'
import { processName } from '../packages/chainmail/src/engine/probation/process-name.ts'

const library = import.meta.resolve('chainmail')

const SETS = `create kept hash:net comment timeout 0
add kept 192.0.2.0/24 comment "stays"
add kept 198.51.100.0/24 comment "goes"
create old hash:ip,port counters family inet6
add old 2001:db8::1,tcp:22 packets 5 bytes 99
`

/** With compiled code that is kept a process of the library starts in a third of the time. */
const cache = mkdtempSync(join(tmpdir(), 'chainmail-compiled-'))
afterAll(() => rmSync(cache, { recursive: true }))

const EMPTY = '*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n'

/** Of chains of both families and of sets: some come, some go, some change. */
export const change = {
  tables: [
    { chains: { INPUT: { policy: 'DROP', rules: ['-i lo -j ACCEPT'] }, app: ['-j DROP'] } },
    { family: 'ipv6', chains: { INPUT: { policy: 'DROP' } } },
  ],
  sets: {
    fresh: { type: 'hash:ip', entries: ['192.0.2.1'] },
    kept: { type: 'hash:net', entries: ['192.0.2.0/24', '203.0.113.0/24'] },
    old: { absent: true },
  },
} satisfies DesiredInput

/** A process of the library that sleeps when it has done its work. */
export interface OtherProcess {
  /** Of the probation that it has begun. */
  readonly id: string
  /** kill -9; resolves when it is gone. */
  kill(): Promise<unknown>
}

/**
 * The firewall of tests of changes on probation: before each test it has a rule and two sets that {@link change} is
 * about, and after it nothing is left. To be made where tests are described.
 */
export class ProbationHost {
  readonly backend: Backend
  readonly folder = new JournalFolder()
  #firewall: Firewall | undefined

  constructor(backend: Backend) {
    this.backend = backend
    beforeEach(() => this.#prepare())
    afterEach(() => this.#clear())
  }

  get firewall(): Firewall {
    if (this.#firewall === undefined) throw new Error('The firewall is opened before each test.')
    return this.#firewall
  }

  iptables(...words: string[]): string {
    return run(`iptables-${this.backend}`, '-w', ...words)
  }

  rules(chain = 'INPUT'): readonly string[] {
    return this.iptables('-S', chain)
      .split('\n')
      .filter((line) => line !== '')
  }

  /** All rules and sets, without counters. */
  all(): string {
    const rules = [`iptables-${this.backend}-save`, `ip6tables-${this.backend}-save`].map((program) =>
      run(program)
        .replace(/^#.*\n/gm, '')
        .replace(/^(:.*) \[.*/gm, '$1'),
    )
    return rules.join('') + run('ipset', 'save')
  }

  async onProbation(desired: DesiredInput, confirmWithin = '60s'): Promise<Probation> {
    const { probation } = await this.firewall.apply(await this.firewall.plan(desired), { confirmWithin })
    if (probation === undefined) throw new Error('There was nothing to do.')
    return probation
  }

  /** Another process that makes {@link change} on probation. */
  applier(confirmWithin: string): Promise<OtherProcess> {
    return this.#other(`
      const plan = await firewall.plan(${JSON.stringify(change)})
      const { probation } = await firewall.apply(plan, { confirmWithin: '${confirmWithin}' })
      console.log(probation.id)
      setInterval(() => {}, 1000)`)
  }

  /** Another process that begins to make a change of several steps on probation, and gets no further than the first. */
  beginner(): Promise<OtherProcess> {
    return this.#other(`
      const rules = [{ text: '-s 10.0.0.1/32 -j DROP' }]
      const chain = {
        name: 'INPUT',
        before: { name: 'INPUT', policy: 'ACCEPT', rules },
        after: { policy: 'ACCEPT', rules: [{ ...rules[0], from: 0 }, { text: '-s 10.0.0.9/32 -j DROP' }] },
      }
      const place = { table: 'filter', family: 'ipv4' }
      await firewall.onProbation({ tables: [{ place, chains: [chain] }], sets: [] }, '1h', async (id) => {
        await firewall.chain('INPUT').append('-s 10.0.0.9 -j DROP')
        console.log(id)
        await new Promise(() => setInterval(() => {}, 1000))
      })`)
  }

  /** The process that guards a probation. */
  guardOf(id: string): number {
    return Number(readFileSync(join(this.folder.path, `${id}.guard`), 'utf8').split(/[- ]/)[1])
  }

  async #other(program: string): Promise<OtherProcess> {
    const head = `
      import { flushCompileCache } from 'node:module'
      import { openFirewall } from '${library}'
      flushCompileCache()
      const firewall = await openFirewall({ backend: '${this.backend}' })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', head + program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
    })
    const [id] = await once(createInterface(child.stdout), 'line')
    const kill = (): Promise<unknown> => {
      const closed = once(child, 'close')
      child.kill('SIGKILL')
      return closed
    }
    return { id: String(id), kill }
  }

  async #prepare(): Promise<void> {
    this.#empty()
    this.iptables('-A', 'INPUT', '-s', '10.0.0.1', '-j', 'DROP')
    execFileSync('ipset', ['restore'], { input: SETS })
    this.#firewall = await openFirewall({ backend: this.backend, allowByDefault: [] })
  }

  async #clear(): Promise<void> {
    for (const { id } of this.firewall.probations()) await this.firewall.revert(id)
    await this.firewall[Symbol.asyncDispose]()
    rmSync(this.folder.path, { recursive: true, force: true })
    this.#empty()
    run('ipset', 'destroy')
  }

  #empty(): void {
    for (const program of ['iptables', 'ip6tables'])
      execFileSync(`${program}-${this.backend}-restore`, ['-w'], { input: EMPTY })
  }
}

/** Resolves when a process that need not be a child of this one has ended. */
export async function ended(pid: number): Promise<void> {
  await expect.poll(() => processName(pid), { timeout: 20_000 }).toBeUndefined()
}

function run(program: string, ...words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8' })
}
