import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { ChainmailError } from '../errors.ts'
import { checkRule } from '../model/check.ts'
import type { Rule } from '../model/rule.ts'
import { detectLanguage, languages, readRuleset, renderRuleset } from './language.ts'
import { parseRule } from './parse-rule.ts'
import { renderRule } from './render-rule.ts'
import { parseSave, renderSave } from './save.ts'

const ipv4 = { family: 'ipv4' } as const

const parts = fc.constantFrom(
  '\n',
  '\r',
  '\r\n',
  '\0',
  '"',
  '\\',
  "'",
  ' ',
  '\t',
  '!',
  '-',
  '--',
  '#',
  'COMMIT',
  '*filter',
  ':x - [0:0]',
  '-A INPUT',
  '-j ACCEPT',
  '-t nat',
  '\ud800',
  '\udc00',
  '\u2028',
  '\u0085',
  '\u00a0',
  '\u001b[2J',
  'é',
  '😀',
  'a',
  '1',
  ',',
  '/',
  '.',
  '+',
  '%s',
  '$(id)',
  '`id`',
  '[1:2]',
  '',
  'x'.repeat(40),
)
const text = fc.array(parts, { maxLength: 12 }).map((list) => list.join(''))

/** Rules with a hostile text wherever a caller's text may stand. */
const rules: readonly ((hostile: string) => unknown)[] = [
  (hostile) => ({ matches: { comment: { comment: hostile } } }),
  (hostile) => ({ target: { LOG: { logPrefix: hostile } } }),
  (hostile) => ({ target: { NFLOG: { nflogPrefix: hostile } } }),
  (hostile) => ({ target: hostile }),
  (hostile) => ({ goto: hostile }),
  (hostile) => ({ inInterface: hostile }),
  (hostile) => ({ outInterface: { not: hostile } }),
  (hostile) => ({ source: hostile }),
  (hostile) => ({ protocol: hostile }),
  (hostile) => ({ matches: { recent: { set: true, name: hostile } } }),
  (hostile) => ({ matches: { hashlimit: { upto: '1/sec', name: hostile } } }),
  (hostile) => ({ matches: { string: { string: hostile, algo: 'bm' } } }),
  (hostile) => ({ matches: { string: { hexString: hostile, algo: 'bm' } } }),
  (hostile) => ({ matches: { set: { matchSet: [hostile, 'src'] } } }),
  (hostile) => ({ matches: { set: { matchSet: ['x', hostile] } } }),
  (hostile) => ({ matches: { helper: { helper: hostile } } }),
  (hostile) => ({ matches: { owner: { uidOwner: hostile } } }),
  (hostile) => ({ matches: { cgroup: { path: hostile } } }),
  (hostile) => ({ matches: { bpf: { objectPinned: hostile } } }),
  (hostile) => ({ matches: { u32: { u32: hostile } } }),
  (hostile) => ({ matches: { physdev: { physdevIn: hostile } } }),
  (hostile) => ({ matches: { connlabel: { label: hostile } } }),
  (hostile) => ({ matches: { opaque: { name: hostile, text: '' } } }),
  (hostile) => ({ matches: { opaque: { name: 'geoip', text: hostile } } }),
  (hostile) => ({ matches: { opaque: { name: 'geoip', text: `--tag "${hostile}` } }, target: 'DROP' }),
  (hostile) => ({ target: { opaque: { name: hostile, text: hostile } } }),
  (hostile) => ({ target: { CT: { helper: hostile } }, protocol: 'tcp' }),
  (hostile) => ({ target: { SECMARK: { selctx: hostile } } }),
  (hostile) => ({ target: { LED: { ledTriggerId: hostile } } }),
  (hostile) => ({ target: { IDLETIMER: { timeout: 1, label: hostile } } }),
  (hostile) => ({ target: { TEE: { gateway: '192.0.2.1', oif: hostile } } }),
  (hostile) => ({ matches: { [hostile]: {} } }),
  (hostile) => ({ matches: { comment: { [hostile]: 'x' } } }),
  (hostile) => ({ [hostile]: hostile }),
]

const hostileInput = fc.tuple(fc.constantFrom(...rules), text).map(([make, hostile]) => make(hostile))

/** What the model makes of an input; undefined if it refuses it with an error of its own. */
function accepted(input: unknown): Rule | undefined {
  try {
    return checkRule(input, ipv4)
  } catch (error) {
    if (error instanceof ChainmailError) return undefined
    throw error
  }
}

const dump = `*filter
:INPUT DROP [12:345]
:mine - [0:0]
[7:8] -A INPUT -s 203.0.113.0/24 -i eth+ -p tcp -m tcp --dport 22 -m comment --comment "it\\'s \\"x\\"" -j mine
-A mine -m set ! --match-set x src,dst -m hashlimit --hashlimit-upto 5/sec --hashlimit-mode srcip --hashlimit-name n
-I mine 1 -m string --algo bm --hex-string "|0d0a|" -j LOG --log-prefix "p q"
-P INPUT ACCEPT
COMMIT
`

/** A text of each language. */
const samples = Object.fromEntries(
  languages.map((language) => [language, renderRuleset(parseSave(dump, ipv4), language, 'ipv4')]),
)

describe('a rule with hostile texts', () => {
  it('is refused, or is one line that is read back as that rule', () => {
    fc.assert(
      fc.property(hostileInput, (input) => {
        const rule = accepted(input)
        if (rule === undefined) return
        const line = renderRule(rule, ipv4)
        expect(line).not.toMatch(/[\n\r\0]|\p{Surrogate}/u)
        expect(parseRule(line, ipv4)).toEqual(rule)
        const chains = [rule.goto, rule.target].filter((name) => typeof name === 'string')
        const declared = [...new Set(['INPUT', ...chains])].map((name) => ({
          name,
          counters: { packets: 0, bytes: 0 },
          rules: [],
        }))
        const bound = { ...rule, text: line }
        const tables = [
          {
            name: 'filter',
            chains: declared.map((chain) => (chain.name === 'INPUT' ? { ...chain, rules: [bound] } : chain)),
          },
        ]
        expect(
          renderSave(tables, ipv4)
            .split('\n')
            .filter((one) => one.startsWith('-A')),
        ).toHaveLength(1)
      }),
      { numRuns: 20_000 },
    )
  })

  it('does not negate what follows it', () => {
    const rule = { matches: { opaque: { name: 'geoip', text: '--tag "" "!"' } }, target: 'DROP' }
    expect(() => checkRule(rule, ipv4)).toThrow('would negate what follows')
  })

  it('is not cut in two by its length', () => {
    const comment = 'y'.repeat(200)
    const matches = Array.from({ length: 60 }, () => ({ comment: { comment } }))
    expect(() => checkRule({ matches }, ipv4)).toThrow('10000 bytes')
    // With `-m geoip` in front of them.
    const ofWords = (count: number) => ({
      opaque: {
        name: 'geoip',
        text: Array(count - 2)
          .fill('--x')
          .join(' '),
      },
    })
    expect(() => checkRule({ matches: ofWords(245) }, ipv4)).not.toThrow()
    expect(() => checkRule({ matches: ofWords(246) }, ipv4)).toThrow('245 words')
    expect(() =>
      checkRule({ matches: { opaque: { name: 'geoip', text: `--tag ${'z'.repeat(1_024)}` } } }, ipv4),
    ).toThrow('1023 bytes')
  })
})

describeOnKernel.each(['nft', 'legacy'])('iptables-%s-restore', (backend) => {
  it('reads exactly one rule where the model wrote one', () => {
    const lines = fc
      .sample(hostileInput, { numRuns: 6_000, seed: 5 })
      .map(accepted)
      .filter(
        (rule) =>
          rule !== undefined &&
          !JSON.stringify(rule).includes('"opaque"') &&
          rule.goto === undefined &&
          (typeof rule.target !== 'string' || rule.target === 'DROP'),
      )
      .map((rule) => renderRule(rule ?? {}, ipv4))
    // Extensions and sets that are not there are refused; what is asked here is only how the words are read.
    const known = lines.filter(
      (line) => !/-m set|-m bpf|-m cgroup|-m connlabel|-m owner|-j (?!LOG|NFLOG|IDLETIMER|DROP)/.test(line),
    )
    expect(known.length).toBeGreaterThan(300)
    for (let at = 0; at < known.length; at += 300) {
      const some = known.slice(at, at + 300)
      const input = `*filter\n:x - [0:0]\n${some.map((line) => `-A x ${line}\n`).join('')}COMMIT\n`
      const { status, stderr } = spawnSync(`iptables-${backend}-restore`, { input, encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const { stdout } = spawnSync(`iptables-${backend}-save`, ['-t', 'filter'], { encoding: 'utf8' })
      expect(
        stdout
          .split('\n')
          .filter((line) => line.startsWith('-A'))
          .map((line) => line.slice(5)),
      ).toEqual(some)
    }
  })
})

describe('a text of a language', () => {
  const valid = [
    ['save', dump] as const,
    ...languages.map((language) => [language, samples[language] ?? ''] as const),
  ]

  it('never makes its reader throw or stray, however it is mutated', () => {
    const edit = fc.record({ at: fc.nat(), remove: fc.nat(6), insert: text })
    fc.assert(
      fc.property(
        fc.constantFrom(...valid),
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        ([language, sample], edits) => {
          const mutated = edits.reduce((whole, { at, remove, insert }) => {
            const place = at % (whole.length + 1)
            return whole.slice(0, place) + insert + whole.slice(place + remove)
          }, sample)
          detectLanguage(mutated)
          const { problems } = readRuleset(mutated, language)
          const lines = mutated.split('\n').length
          for (const { line, column } of problems)
            expect(line >= 1 && line <= lines && column >= 1).toBe(true)
          try {
            parseSave(mutated, ipv4)
          } catch (error) {
            expect(error).toBeInstanceOf(ChainmailError)
          }
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
