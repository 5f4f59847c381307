import { beforeAll, describe, expect, it } from 'vitest'
import { matches } from '../../packages/chainmail/src/model/matches/index.ts'
import { targets } from '../../packages/chainmail/src/model/targets/index.ts'
import { renderRule } from '../../packages/chainmail/src/text/render-rule.ts'
import { describeOnKernel } from '../kernel.ts'
import { createSets, missingExtensions } from './host.ts'
import { lostByKernel, lostByTheModel, sampleRules } from './sample.ts'

const families = ['ipv4', 'ipv6'] as const
const AMOUNT = 300
const seed = Date.now()

describe.each(families)('random rules for %s', (family) => {
  const rules = sampleRules({ family }, AMOUNT, seed)

  it(`are the same from their text and from JSON (seed ${seed})`, () => {
    expect(lostByTheModel(rules, { family })).toEqual([])
  })

  it('are made of every extension that this kernel has', () => {
    const many = sampleRules({ family }, 2 * AMOUNT, 7)
    const text = many.map(({ rule }) => ` ${renderRule(rule, { family })} `).join('')
    const named = [...matches, ...targets].filter(({ families }) => families?.includes(family) ?? true)
    const absent = named.filter(
      ({ name, role }) => !text.includes(` ${role === 'match' ? '-m' : '-j'} ${name} `),
    )
    const missing = absent.map(({ name }) => name)
    expect(missing.filter((name) => !missingExtensions.has(name))).toEqual([])
  })
})

describeOnKernel.each(families)('random rules for %s on the kernel', (family) => {
  const rules = sampleRules({ family }, AMOUNT, seed)
  beforeAll(() => createSets(family))

  it.each(['nft', 'legacy'] as const)(
    `are taken and given back by the %s backend (seed ${seed})`,
    (backend) => {
      expect(lostByKernel(backend, rules, family)).toEqual([])
    },
  )
})
