import { spawnSync } from 'node:child_process'
import { type Backend, type Family, hostNames } from '@chainmail/kernel'
import { expect, it } from 'vitest'
import { describeOnKernel, onKernel } from '../../../../../testing/kernel.ts'
import { backends, type GoldenCase, goldenFiles, isForVersion } from '../../model/golden.ts'
import { spellingOf } from '../../model/version.ts'
import { parseRule } from '../parse-rule.ts'
import type { ListedNames } from './names.ts'
import { ruleLine } from './rule-line.ts'

const files = ['matches', 'targets'].flatMap((folder) =>
  goldenFiles(new URL(`../../model/${folder}/`, import.meta.url)),
)

/** A rule of the golden files with the lines that iptables -L prints of it, without and with its options. */
interface Listed {
  readonly golden: GoldenCase
  /** As iptables -S prints it. */
  readonly saved: string
  readonly named: string
  readonly numeric: string
  readonly verbose: string
}

/** Extensions that are listed in the words of iptables-save, and cases whose dump says less than the kernel knows. */
const differences: ReadonlyMap<string, string> = new Map([
  ['rateest', 'the match is listed in the words of iptables-save'],
  [
    'hashlimit',
    'iptables-save prints another rate than it lists, where the interval is not that of the rate',
  ],
  ['HMARK', 'iptables 1.8.10 and later list the prefixes of IPv6 in broken words'],
  ['icmp', 'iptables-save prints any for type 255 with code 255 too'],
])

const installed = onKernel
  ? (/\d[\d.]*/.exec(spawnSync('iptables-nft', ['--version'], { encoding: 'utf8' }).stdout)?.[0] ?? '')
  : ''

describeOnKernel.each(backends)('the listing on the %s backend', (backend) => {
  it.each(['ipv4', 'ipv6'] as const)(
    'of every golden rule is that of iptables -L for %s',
    (family) => {
      for (const { sets } of files) for (const set of sets) createSet(set)
      const names: ListedNames = { ...hostNames(), host: () => undefined }
      const unequal = listed(backend, family).flatMap(({ golden, saved, ...lines }) => {
        const rule = parseRule(saved, { family, ...spellingOf(installed) })
        const print = (numeric: boolean, verbose: boolean): string =>
          ruleLine(
            rule,
            1,
            { verbose, exact: false, lineNumbers: false },
            { family, backend, numeric, names, ...spellingOf(installed) },
          )
        const ours = { named: print(false, false), numeric: print(true, false), verbose: print(true, true) }
        return JSON.stringify(ours) === JSON.stringify(lines) ? [] : [{ golden, saved, lines, ours }]
      })
      const isNamed = ({ golden: { place } }: { readonly golden: GoldenCase }): boolean =>
        differences.has(place.replace(/\.golden:.*/, ''))
      expect(unequal.filter((one) => !isNamed(one))).toEqual([])
    },
    60_000,
  )
})

/** Loads the golden rules, chain by chain, and asks iptables for them. */
function listed(backend: Backend, family: Family): readonly Listed[] {
  const program = `${family === 'ipv4' ? 'iptables' : 'ip6tables'}-${backend}`
  const cases = files
    .flatMap(({ cases }) => cases)
    .filter(
      (golden) =>
        golden.family === family &&
        golden.saved !== undefined &&
        golden.backends.includes(backend) &&
        isForVersion(golden, installed),
    )
  return [...Map.groupBy(cases, ({ table, chain }) => `${table} ${chain}`).values()].flatMap((group) => {
    const [{ table, chain } = { table: '', chain: '' }] = group
    const rules = group.map(({ input }) => `-A ${chain} ${input}\n`).join('')
    const loaded = spawnSync(`${program}-restore`, { input: `*${table}\n${rules}COMMIT\n`, encoding: 'utf8' })
    expect(loaded.status, loaded.stderr).toBe(0)
    const ask = (...words: string[]): readonly string[] => {
      const { stdout } = spawnSync(program, ['-t', table, ...words], { encoding: 'utf8', maxBuffer: 2 ** 28 })
      return stdout.split('\n').filter((line) => line !== '')
    }
    const saved = ask('-S', chain).slice(1)
    const [named, numeric, verbose] = [ask('-L', chain), ask('-L', chain, '-n'), ask('-L', chain, '-n', '-v')]
    return group.map((golden, index) => ({
      golden,
      saved: (saved[index] ?? '').replace(/^-A \S+ ?/, ''),
      named: named[index + 2] ?? '',
      numeric: numeric[index + 2] ?? '',
      verbose: verbose[index + 2] ?? '',
    }))
  })
}

function createSet({ family, name, type }: { family: Family; name: string; type: string }): void {
  const words = ['create', name, type, '-exist', 'family', family === 'ipv4' ? 'inet' : 'inet6']
  const { status, stderr } = spawnSync('ipset', [...words, 'counters', 'timeout', '0', 'skbinfo'], {
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(0)
}
