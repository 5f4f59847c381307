import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseRule } from 'chainmail'
import { afterEach, beforeEach, expect, it } from 'vitest'
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

it('a rule is kept in the words of this host’s iptables-save', async () => {
  firewall.spelling = { iptables: '1.8.11' }
  const { revision } = await rules.add(origin, place, 'INPUT', rule('-p gre -j DROP'), undefined)
  expect(history.get(revision).operations.chains?.[0]?.lines).toEqual(['+-p 47 -j DROP'])
})
