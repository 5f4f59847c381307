import { execFileSync, spawnSync } from 'node:child_process'
import type { Family } from '@chainmail/kernel'
import { describe, expect, it } from 'vitest'
import { describeOnKernel, onKernel } from '../../../../testing/kernel.ts'
import { ChainmailError } from '../errors.ts'
import { parseRule } from '../text/parse-rule.ts'
import { renderRule } from '../text/render-rule.ts'
import { checkRule } from './check.ts'
import type { Extension } from './extension.ts'
import { type Backend, backends, type GoldenCase, goldenFiles, isForVersion } from './golden.ts'
import type { Context } from './kind.ts'
import { matches } from './matches/index.ts'
import { builtInChainsOf, tableNames } from './names/tables.ts'
import { refuseChain } from './placement.ts'
import { targets } from './targets/index.ts'
import { spellingOf } from './version.ts'

const folders = {
  matches: new URL('matches/', import.meta.url),
  targets: new URL('targets/', import.meta.url),
}
const files = [...goldenFiles(folders.matches), ...goldenFiles(folders.targets)]
const cases = files.flatMap((file) => file.cases)
const accepted = cases.flatMap((golden) =>
  golden.saved === undefined || golden.written === undefined
    ? []
    : [{ ...golden, saved: golden.saved, written: golden.written }],
)
const refused = cases.filter((golden) => golden.saved === undefined)

describe('the golden cases of the extensions', () => {
  it('exist for every extension, with a case accepted and one refused', () => {
    const withBoth = files.filter(
      ({ cases }) =>
        cases.some(({ saved }) => saved === undefined) && cases.some(({ saved }) => saved !== undefined),
    )
    const names = new Set([...matches, ...targets].map(({ name }) => name))
    expect(withBoth.map(({ name }) => name).sort()).toEqual([...names].sort())
  })

  it('name every option of their extension in a case that is accepted', () => {
    for (const { name, options } of [...matches, ...targets]) {
      const texts = accepted
        .filter(({ place }) => place.startsWith(`${name}.golden:`))
        .map(({ saved }) => saved)
      for (const { flag } of Object.values(options)) {
        expect(
          texts.some((text) => text.includes(`${flag} `) || text.endsWith(flag)),
          `${name} ${flag}`,
        ).toBe(true)
      }
    }
  })

  it.each(accepted)('$place $family: $input', ({ family, input, saved, written, since }) => {
    const context: Context = since === '1.8.11' ? { family, iptables: since } : { family }
    const rule = parseRule(input, context)
    expect(renderRule(rule, context)).toBe(written)
    expect(checkRule(JSON.parse(JSON.stringify(rule)), context)).toEqual(rule)
    expect(parseRule(saved, context)).toEqual(rule)
    if (context.iptables !== undefined) expect(() => parseRule(input, { family })).toThrow()
  })

  it.each(refused)('$place $family is refused: $input', ({ family, input }) => {
    expect(() => parseRule(input, { family })).toThrow()
  })
})

const installed = onKernel
  ? (/\d[\d.]*/.exec(execFileSync('iptables-nft', ['--version'], { encoding: 'utf8' }))?.[0] ?? '')
  : ''

describeOnKernel.each(backends)('the golden cases on the %s backend', (backend) => {
  it.each(['ipv4', 'ipv6'] as const)('print as written for %s', (family) => {
    for (const { sets } of files) for (const set of sets) createSet(set)
    const ours = tried(accepted, family, backend)
    expect(loadAndSave(backend, family, ours)).toEqual(ours.map(({ saved }) => saved))
  })

  it.each(['ipv4', 'ipv6'] as const)('come back from JSON and the kernel byte for byte for %s', (family) => {
    for (const { sets } of files) for (const set of sets) createSet(set)
    const ours = tried(accepted, family, backend)
    const back = ours.map((golden) => ({ ...golden, input: throughJson(golden.saved, { family }) }))
    expect(loadAndSave(backend, family, back)).toEqual(ours.map(({ saved }) => saved))
  })

  it.each(['ipv4', 'ipv6'] as const)('are refused as written for %s', (family) => {
    const taken = tried(refused, family, backend)
      .filter(({ strict }) => !strict)
      .filter((golden) => restore(backend, family, dump([golden])).status === 0)
    expect(taken.map(({ place, input }) => `${place}: ${input}`)).toEqual([])
  })
})

describeOnKernel.each(backends)('the tables and chains of the extensions on the %s backend', (backend) => {
  it.each(['ipv4', 'ipv6'] as const)(
    'are those in which the kernel takes them for %s',
    (family) => {
      for (const { sets } of files) for (const set of sets) createSet(set)
      const places = tableNames.flatMap((table) =>
        ['X', ...builtInChainsOf(table)].map((chain) => ({ table, chain })),
      )
      const refused: GoldenCase[] = []
      for (const place of places) {
        const placed = examples(family, backend)
          .map((golden) => ({ ...golden, ...place }))
          .filter((golden) => golden.chain === 'X' || mayStand({ ...golden, chain: 'X' }))
        const { status, stderr } = restore(backend, family, dump(placed.filter(mayStand), ':X - [0:0]\n'))
        expect(status, `${place.table} ${place.chain}: ${stderr}`).toBe(0)
        refused.push(...placed.filter((golden) => !mayStand(golden)))
      }
      const wrong = refused.filter(
        (golden) => restore(backend, family, dump([golden], ':X - [0:0]\n')).status === 0,
      )
      expect(wrong.map(({ table, chain, input }) => `${table} ${chain}: ${input}`)).toEqual([])
    },
    60_000,
  )
})

/** An accepted case of each extension and of each option that is bound to a place, and of the interfaces. */
function examples(family: Family, backend: Backend): readonly GoldenCase[] {
  const ours = tried(accepted, family, backend)
  const [any] = ours
  const interfaces = ['-i lo', '! -o lo'].flatMap((input) => (any === undefined ? [] : [{ ...any, input }]))
  const extended = [...matches, ...targets].flatMap((extension: Extension) => {
    const own = ours.filter(({ place }) => place.startsWith(`${extension.name}.golden:`))
    const bound = Object.values(extension.options).filter(
      ({ tables, chains }) => (tables ?? chains) !== undefined,
    )
    const flags = ['', ...bound.map(({ flag }) => flag)]
    // What its backend alone holds to its tables is not for the model to refuse.
    if (extension.anyTableOn !== undefined && extension.anyTableOn !== backend) return []
    if (typeof extension.chains === 'function') return own
    return flags.flatMap((flag) => own.find(({ saved }) => saved.includes(flag)) ?? [])
  })
  return [...interfaces, ...extended]
}

function throughJson(saved: string, context: Context): string {
  const wide: Context = { ...context, iptables: '1.8.11' }
  const json = JSON.stringify(parseRule(saved, wide))
  return renderRule(checkRule(JSON.parse(json), wide), context)
}

function mayStand({ input, family, table, chain }: GoldenCase): boolean {
  try {
    const context = { family, table, ...spellingOf(installed) }
    refuseChain(parseRule(input, context), table, chain, context)
    return true
  } catch (error) {
    if (error instanceof ChainmailError && (error.code === 'wrong-table' || error.code === 'wrong-chain'))
      return false
    throw error
  }
}

function command(family: string): string {
  return family === 'ipv4' ? 'iptables' : 'ip6tables'
}

function createSet({ family, name, type }: { family: string; name: string; type: string }): void {
  execFileSync('ipset', [
    'create',
    name,
    type,
    '-exist',
    'family',
    family === 'ipv4' ? 'inet' : 'inet6',
    'counters',
    'timeout',
    '0',
    'skbinfo',
  ])
}

/** The cases as restore reads them. */
function dump(golden: readonly GoldenCase[], chains = ''): string {
  const tables = [...new Set(golden.map(({ table }) => table))]
  const blocks = tables.map((table) => {
    const rules = golden.filter((one) => one.table === table)
    return [
      `*${table}\n${chains}`.trimEnd(),
      ...rules.map(({ chain, input }) => `-A ${chain}${input === '' ? '' : ` ${input}`}`),
      'COMMIT',
      '',
    ].join('\n')
  })
  return blocks.join('')
}

function restore(backend: string, family: string, input: string): { status: number | null; stderr: string } {
  return spawnSync(`${command(family)}-${backend}-restore`, { input, encoding: 'utf8' })
}

function loadAndSave(
  backend: string,
  family: string,
  golden: readonly (GoldenCase & { saved: string })[],
): string[] {
  const { status, stderr } = restore(backend, family, dump(golden))
  expect(status, stderr).toBe(0)
  const saved = execFileSync(`${command(family)}-${backend}-save`, { encoding: 'utf8' }).split('\n')
  const printed = new Map<string, string[]>()
  let table = ''
  for (const line of saved) {
    if (line.startsWith('*')) table = line.slice(1)
    const [, chain = '', rule = ''] = /^-A (\S+) ?(.*)$/.exec(line) ?? []
    if (chain !== '') printed.set(`${table} ${chain}`, [...(printed.get(`${table} ${chain}`) ?? []), rule])
  }
  return golden.map(({ table: of, chain }) => printed.get(`${of} ${chain}`)?.shift() ?? '')
}

/** The cases that are tried on this host's kernel and iptables. */
function tried<Case extends GoldenCase>(
  all: readonly Case[],
  family: Family,
  backend: Backend,
): readonly Case[] {
  return all.filter(
    (golden) =>
      golden.family === family && golden.backends.includes(backend) && isForVersion(golden, installed),
  )
}
