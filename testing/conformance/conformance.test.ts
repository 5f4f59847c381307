import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { onKernel } from '../kernel.ts'
import { parseCase } from './case.ts'
import { readCorpus } from './corpus.ts'
import { conformance } from './run.ts'

const corpus = join(import.meta.dirname, 'corpus')

describe('a corpus', () => {
  it('passes whole over the model, and over the kernel where there is one', () => {
    const cases = readCorpus(corpus)
    expect(cases).toHaveLength(11)
    const { lines, failures } = conformance(cases, onKernel, true)
    expect(failures, lines.join('\n')).toBe(0)
    expect(lines.at(-1)).toBe('11 passed, 0 failed')
    if (onKernel) {
      const text = lines.join('\n')
      expect(text).toContain('passed although: only the kernel refuses\n  a set that is not there (ipv4)')
    }
  })

  it('has every failure named, with what was expected', () => {
    const wrong = parseCase(
      JSON.stringify({
        family: 'ipv4',
        table: 'filter',
        chain: 'INPUT',
        rule: '-j DROP\u001b',
        nft: { ok: true, saved: '-A INPUT -j ACCEPT' },
        legacy: { ok: false, saved: null },
      }),
      'rules.jsonl:7',
    )
    const { lines, failures } = conformance([wrong], false, false)
    expect(failures).toBe(1)
    expect(lines[0]).toBe('FAILED rules.jsonl:7 (ipv4): -j DROP\\u001b')
    expect(lines[1]).toBe('  expected  -j ACCEPT')
    expect(lines[2]).toMatch(/^ {2}got {7}/)
    expect(lines.at(-1)).toBe('0 passed, 1 failed')
  })

  it.each(['{', '[]', '{"family":"ipv4"}', '{"family":"ipv4","table":"filter","input":"x","kind":"other"}'])(
    'is refused where a line is no case: %s',
    (line) => {
      expect(() => parseCase(line, 'x.jsonl:1')).toThrow()
    },
  )
})
