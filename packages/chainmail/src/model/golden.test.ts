import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { parseRule } from '../text/parse-rule.ts'
import { renderRule } from '../text/render-rule.ts'
import { checkRule } from './check.ts'
import { backends, type GoldenCase, goldenFiles } from './golden.ts'
import { matches } from './matches/index.ts'
import { targets } from './targets/index.ts'

const folders = {
  matches: new URL('matches/', import.meta.url),
  targets: new URL('targets/', import.meta.url),
}
const files = [...goldenFiles(folders.matches), ...goldenFiles(folders.targets)]
const cases = files.flatMap((file) => file.cases)
const accepted = cases.flatMap((golden) =>
  golden.saved === undefined ? [] : [{ ...golden, saved: golden.saved }],
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

  it.each(accepted)('$place $family: $input', ({ family, input, saved }) => {
    const rule = parseRule(input, { family })
    expect(renderRule(rule, { family })).toBe(saved)
    expect(checkRule(JSON.parse(JSON.stringify(rule)), { family })).toEqual(rule)
    expect(parseRule(saved, { family })).toEqual(rule)
  })

  it.each(refused)('$place $family is refused: $input', ({ family, input }) => {
    expect(() => parseRule(input, { family })).toThrow()
  })
})

describeOnKernel.each(backends)('the golden cases on the %s backend', (backend) => {
  it.each(['ipv4', 'ipv6'] as const)('print as written for %s', (family) => {
    for (const { sets } of files) for (const set of sets) createSet(set)
    const ours = accepted.filter((golden) => golden.family === family && golden.backends.includes(backend))
    expect(loadAndSave(backend, family, ours)).toEqual(ours.map(({ saved }) => saved))
  })

  it.each(['ipv4', 'ipv6'] as const)('are refused as written for %s', (family) => {
    const taken = refused
      .filter((golden) => golden.family === family && !golden.strict && golden.backends.includes(backend))
      .filter((golden) => restore(backend, family, dump([golden])).status === 0)
    expect(taken.map(({ place, input }) => `${place}: ${input}`)).toEqual([])
  })
})

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
function dump(golden: readonly GoldenCase[]): string {
  const tables = [...new Set(golden.map(({ table }) => table))]
  const blocks = tables.map((table) => {
    const rules = golden.filter((one) => one.table === table)
    return [
      `*${table}`,
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
