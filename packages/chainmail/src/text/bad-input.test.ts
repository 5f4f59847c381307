import { describe, expect, it } from 'vitest'
import { badDumps } from '../../../../testing/rules/bad-dumps.ts'
import { errorCodes } from '../errors.ts'
import { parseSave, readSave } from './save.ts'

const ipv4 = { family: 'ipv4' } as const

describe('a dump', () => {
  it.each(badDumps)('$what is refused at its place', ({ text, code, line, column }) => {
    expect(Object.keys(errorCodes)).toContain(code)
    const { problems } = readSave(text, ipv4)
    expect(problems[0]).toMatchObject({ code, line, column })
    expect(() => parseSave(text, ipv4)).toThrow(expect.objectContaining({ code, line, column }))
  })

  it('is told once that its table does not exist', () => {
    const { problems } = readSave('*fitler\n:INPUT DROP [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n', ipv4)
    expect(problems.map(({ code }) => code)).toEqual(['table-unknown'])
  })
})
