import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFirewall, parseRule } from 'chainmail'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { openStore, type Store } from '../store.ts'
import { FakeFirewall } from '../v1/fake-firewall.ts'
import { History } from './history.ts'
import { RuleChanges, unwatched } from './rule-changes.ts'

const origin = { who: 'anna', door: 'socket' } as const
const place = { table: 'filter', family: 'ipv4' } as const
const rule = (text: string) => parseRule(text, { family: 'ipv4' })

let folder: string
let store: Store
let firewall: FakeFirewall
let history: History
let rules: RuleChanges

const texts = (): string[] => (firewall.chains.get('INPUT') ?? []).map(({ text }) => text)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-rule-changes-'))
  store = openStore(folder)
  firewall = new FakeFirewall()
  history = new History({ store })
  rules = new RuleChanges(firewall, history, unwatched)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

it('a change of rules whose revision the store refuses is taken back', async () => {
  for (const last of [1, 2, 3])
    await rules.add(origin, place, 'INPUT', rule(`-s 192.0.2.${last} -j DROP`), undefined)
  const before = texts()
  store.database.exec(
    "CREATE TEMP TRIGGER broken BEFORE INSERT ON revisions BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END",
  )
  await expect(rules.add(origin, place, 'INPUT', rule('-j ACCEPT'), 2)).rejects.toMatchObject({
    code: 'store-failed',
  })
  expect(texts()).toEqual(before)
  await expect(rules.delete(origin, place, 'INPUT', 2)).rejects.toMatchObject({ code: 'store-failed' })
  expect(texts()).toEqual(before)
  firewall.failure = new Error('gone')
  await expect(rules.delete(origin, place, 'INPUT', 2)).rejects.toThrow('gone')
})

it('a rule is kept with which one of equal ones it is', async () => {
  const among = async (position: number | undefined) => {
    const { revision } = await rules.add(origin, place, 'INPUT', rule('-j DROP'), position)
    return history.get(revision).operations.chains?.[0]?.among
  }
  expect([await among(undefined), await among(1), await among(2)]).toEqual(['last', 'first', undefined])
})

it('a rule is kept in the words of this host’s iptables-save', async () => {
  firewall.spelling = { iptables: '1.8.11' }
  const { revision } = await rules.add(origin, place, 'INPUT', rule('-p gre -j DROP'), undefined)
  expect(history.get(revision).operations.chains?.[0]?.lines).toEqual(['+-p 47 -j DROP'])
})

describeOnKernel('on the kernel', () => {
  afterEach(() => void execFileSync('iptables', ['-F']))

  it('a change that another program has raced is kept, since it was made', async () => {
    await using real = await openFirewall({ allowByDefault: [] })
    const changes = new RuleChanges(real, history, unwatched)
    const rules = [rule('-s 192.0.2.1 -j DROP')]
    const append = { ...place, operation: 'append', chain: 'INPUT', rules } as const
    const check = (): void => void execFileSync('iptables', ['-I', 'INPUT', '-s', '10.7.7.7', '-j', 'DROP'])
    await expect(changes.change(origin, place, [append], { check })).rejects.toMatchObject({
      code: 'plan-raced',
    })
    expect(history.get(1).operations.chains).toMatchObject([
      { chain: 'INPUT', lines: ['+-s 10.7.7.7/32 -j DROP', '+-s 192.0.2.1/32 -j DROP'] },
    ])
  })

  it('a change on probation whose revision the store refuses is taken back, and says so', async () => {
    await using real = await openFirewall({ allowByDefault: [] })
    const changes = new RuleChanges(real, history, unwatched)
    store.database.exec(
      "CREATE TEMP TRIGGER broken BEFORE INSERT ON revisions BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END",
    )
    const append = {
      ...place,
      operation: 'append',
      chain: 'INPUT',
      rules: [rule('-s 192.0.2.1 -j DROP')],
    } as const
    await expect(changes.change(origin, place, [append], { confirmWithin: '60s' })).rejects.toMatchObject({
      code: 'store-failed',
    })
    expect(execFileSync('iptables', ['-S', 'INPUT'], { encoding: 'utf8' })).toBe('-P INPUT ACCEPT\n')
    expect(real.probations()).toEqual([])
  })
})
