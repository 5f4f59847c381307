import { describe, expect, it } from 'vitest'
import { formatSave } from './format-save.ts'

const ipv4 = { family: 'ipv4' } as const

describe('a dump that is formatted', () => {
  it('has its rules as iptables-save prints them, and every other line as it is', () => {
    const lines = [
      '# mine',
      '*filter',
      '',
      '-I INPUT 1 -p 6 -j DROP',
      '-A INPUT -s 192.0.2.1,192.0.2.2 -j DROP',
      '-A INPUT -v -p 6 -j DROP',
      '-P INPUT DROP',
    ]
    const text = [...lines, '  -A INPUT -p 6 --dport ssh -c 5 6', ':mine -', 'COMMIT', ''].join('\n')
    const formatted = [
      ...lines,
      '[5:6] -A INPUT -p tcp -m tcp --dport 22',
      ':mine - [0:0]',
      'COMMIT',
      '',
    ].join('\n')
    expect(formatSave(text, ipv4)).toMatchObject({ text: formatted, problems: [] })
    expect(formatSave(formatted, ipv4).text).toBe(formatted)
  })

  it('is left as it is where something is wrong', () => {
    const text = '*filter\n-A INPUT -p 6\n-A nosuch\nCOMMIT'
    expect(formatSave(text, ipv4)).toMatchObject({ text, problems: [{ code: 'chain-not-found' }] })
  })
})
