import { execFileSync, spawnSync } from 'node:child_process'
import type { Context } from '../../packages/chainmail/src/model/kind.ts'
import { tableNames } from '../../packages/chainmail/src/model/names/tables.ts'
import { parseRule } from '../../packages/chainmail/src/text/parse-rule.ts'
import { renderRule } from '../../packages/chainmail/src/text/render-rule.ts'
import { type Backend, beforehand } from './host.ts'
import type { RandomRule } from './rules.ts'

/** A rule that iptables refuses, or gives back otherwise than it was written. */
export interface Failure {
  readonly table: string
  readonly text: string
  readonly what: string
}

const CHAIN = 'random'

/**
 * Loads rules into a chain of their tables and compares what iptables-save makes of them with what the model writes.
 * Where a commit is refused, its halves are tried, down to the rule at fault.
 */
export function loaded(backend: Backend, context: Context, rules: readonly RandomRule[]): Failure[] {
  const program = `${context.family === 'ipv4' ? 'iptables' : 'ip6tables'}-${backend}`
  const input = dump(rules, context)
  const refused =
    refusal(`${program}-restore`, ['--test'], input) ?? refusal(`${program}-restore`, ['-c'], input)
  const [only] = rules
  if (refused === undefined) return compared(savedBy(program), rules, context)
  if (only === undefined) return [{ table: '', text: '', what: refused }]
  if (rules.length === 1) return [{ table: only.table, text: renderRule(only.rule, context), what: refused }]
  const middle = rules.length >> 1
  return [
    ...loaded(backend, context, rules.slice(0, middle)),
    ...loaded(backend, context, rules.slice(middle)),
  ]
}

function dump(rules: readonly RandomRule[], context: Context): string {
  return tableNames
    .map((name) => {
      const lines = rules
        .filter(({ table }) => table === name)
        .map(({ rule }) => `-A ${CHAIN} ${renderRule(rule, context)}\n`)
      const first = name === tableNames[0] ? beforehand.map((text) => `-A elsewhere ${text}\n`) : []
      return `*${name}\n:${CHAIN} - [0:0]\n:elsewhere - [0:0]\n${first.join('')}${lines.join('')}COMMIT\n`
    })
    .join('')
}

function savedBy(program: string): string {
  return execFileSync(`${program}-save`, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

function refusal(program: string, words: readonly string[], input: string): string | undefined {
  const { status, signal, stderr } = spawnSync(program, words, { input, encoding: 'utf8' })
  return status === 0
    ? undefined
    : `${program} ${words.join(' ')}: ${signal ?? stderr.trim().replaceAll('\n', ' | ')}`
}

function compared(saved: string, rules: readonly RandomRule[], context: Context): Failure[] {
  const printed = new Map<string, string[]>(tableNames.map((name) => [name, []]))
  let table = ''
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1)
    if (line.startsWith(`-A ${CHAIN}`)) printed.get(table)?.push(line.slice(CHAIN.length + 4))
  }
  return rules.flatMap(({ table: of, rule }) => {
    const text = renderRule(rule, context)
    const got = printed.get(of)?.shift()
    if (got === text && renderRule(parseRule(got, context), context) === text) return []
    return [{ table: of, text, what: `iptables-save prints ${got ?? 'nothing'}` }]
  })
}
