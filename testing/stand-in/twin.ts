import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Firewall, openFirewall, splitShell } from '../../packages/chainmail/src/index.ts'
import { type Outcome, standIn, standInPrograms } from '../../packages/chainmail/src/stand-in/index.ts'
import type { TwinStep } from './step.ts'

/**
 * One of two namespaces in which the same command lines are run: by the real programs, or by the stand-in. Reads
 * scenarios from its input, JSON lists of lines, and writes what each line printed, how it ended, and the rules or sets
 * behind it.
 */
const [mode, backend] = process.argv.slice(2)
if (backend !== 'nft' && backend !== 'legacy') throw new Error('twin real|stand-in nft|legacy')

const scenarios: readonly (readonly string[])[] = JSON.parse(readFileSync(0, 'utf8'))
const firewall = mode === 'real' ? undefined : await openFirewall({ backend })
const steps: TwinStep[] = []
for (const scenario of scenarios) {
  reset()
  for (const [index, line] of scenario.entries()) steps.push(await step(line, index === scenario.length - 1))
}
await firewall?.[Symbol.asyncDispose]()
process.stdout.write(JSON.stringify(steps))

async function step(line: string, isLast: boolean): Promise<TwinStep> {
  const [, commandLine = '', input = ''] = /^(.*?)(?: <<< (.*))?$/s.exec(line) ?? []
  const [program = '', ...words] = splitShell(commandLine)[0]?.words ?? []
  const text = input.replaceAll('\\n', '\n')
  const outcome =
    firewall === undefined ? real(program, words, text) : await standInFor(program, words, firewall, text)
  const state = program !== 'ipset' ? rules(line) : isLast ? sets() : ''
  return { line, ...outcome, state }
}

function standInFor(name: string, words: readonly string[], on: Firewall, input: string): Promise<Outcome> {
  const program = standInPrograms.find((known) => known === name)
  if (program === undefined) throw new Error(`${name} is no program that is stood in for`)
  return standIn(program, words, on, input)
}

function real(program: string, words: readonly string[], input: string): Omit<TwinStep, 'line' | 'state'> {
  // By the plain name, as a host's own links have it.
  return run(program.replace(/^(ip6?tables)/, `$1-${backend}`), words, input, program)
}

function rules(line: string): string {
  const { stdout } = run(`${line.startsWith('ip6') ? 'ip6tables' : 'iptables'}-${backend}-save`, ['-c'], '')
  return stdout.replace(/^#.*\n/gm, '')
}

function sets(): string {
  return run('ipset', ['save'], '').stdout
}

function run(
  program: string,
  words: readonly string[],
  input: string,
  argv0 = program,
): { code: number; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(program, words, { input, argv0, encoding: 'latin1' })
  return { code: status ?? -1, stdout: utf8(stdout), stderr: utf8(stderr) }
}

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}

/** Every table empty, every policy ACCEPT, no set. */
function reset(): void {
  const tables = {
    filter: ['INPUT', 'FORWARD', 'OUTPUT'],
    nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
    mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
    raw: ['PREROUTING', 'OUTPUT'],
  }
  const dump = Object.entries(tables)
    .map(
      ([table, chains]) => `*${table}\n${chains.map((chain) => `:${chain} ACCEPT [0:0]\n`).join('')}COMMIT\n`,
    )
    .join('')
  if (backend === 'nft') run('nft', ['flush', 'ruleset'], '')
  else for (const program of ['iptables', 'ip6tables']) run(`${program}-legacy-restore`, [], dump)
  run('ipset', ['destroy'], '')
}
