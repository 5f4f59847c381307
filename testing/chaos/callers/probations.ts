import type { Client } from '@chainmail/daemon/client'
import type { Held } from '../model.ts'
import { banName, chainName, PLANNED_PREFIX } from '../names.ts'
import { type Caller, change, held } from './caller.ts'

/** Chains of their own tables: what is made of them takes two commits of the kernel. */
const CHAINS = ['filter', 'mangle'].map((table) => ({ table, chain: `${PLANNED_PREFIX}trial-${table}` }))
const BANNED = '10.250.0.1'

/** Longer than a run is between two kills. */
const WITHIN = '1h'

/** What has to stand under some names. */
type Wish = readonly (readonly [string, Held | undefined])[]

/**
 * Changes chains of two tables, or a ban, on probation, and confirms that or takes it back. What a kill has left undecided
 * is decided first.
 */
export const probations: Caller = async (load) => {
  const { client, model, random } = load
  for (const id of await undecided(client)) await confirm(client, id)
  const word = load.word()
  const isBan = random.oneIn(2)
  const rule = `-s 21.0.0.0/8 -m comment --comment ${word} -j DROP`
  const wish: Wish = isBan
    ? [[banName(BANNED, 'everything'), held(word, undefined)]]
    : CHAINS.map(({ chain }) => [chainName(chain), { text: rule }] as const)
  const before: Wish = wish.map(([name]) => [name, model.get(name)])
  const answer = isBan
    ? await change(load, ['PUT', `/v1/bans/${BANNED}?confirmWithin=${WITHIN}`, { reason: word }], wish)
    : await change(
        load,
        [
          'POST',
          `/v1/apply?confirmWithin=${WITHIN}`,
          {
            owner: 'trial',
            tables: CHAINS.map(({ table, chain }) => ({ table, chains: { [chain]: [rule] } })),
          },
        ],
        wish,
      )
  const id = idOf(answer)
  if (random.oneIn(2)) await confirm(client, id)
  else await change(load, ['POST', `/v1/probations/${id}/revert`], before)
}

async function undecided(client: Client): Promise<readonly string[]> {
  const answer = await client.request('GET', '/v1/probations')
  const ids = JSON.stringify(answer).matchAll(/"id":"([a-z0-9]{6})"/g)
  return Array.from(ids, ([, id = '']) => id)
}

async function confirm(client: Client, id: string): Promise<void> {
  await client.request('POST', `/v1/probations/${id}/confirm`)
}

function idOf(answer: unknown): string {
  const [, id] = /"probation":\{"id":"([a-z0-9]{6})"/.exec(JSON.stringify(answer)) ?? []
  if (id !== undefined) return id
  throw new TypeError(`a change is on no probation: ${JSON.stringify(answer)}`)
}
