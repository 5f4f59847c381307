import { chainName, setName } from '../names.ts'
import { type Caller, change, revisionOf } from './caller.ts'

const SET = 'chaos-together'
const PLACES = [
  { table: 'filter', chain: 'chaos-together-1' },
  { table: 'mangle', chain: 'chaos-together-2' },
]

/** Changes chains of two tables and a set in one transaction: made when they are not there, and filled anew. */
export const transactions: Caller = async (load) => {
  const { model, random } = load
  const word = load.word()
  const rule = `-s 20.0.0.0/8 -m comment --comment ${word} -j DROP`
  const isNew = model.get(setName(SET)) === undefined
  const elements = Array.from({ length: 1 + random.below(8) }, (_, index) => `20.1.${index}.1`)
  const changes = [
    isNew ? { do: 'createSet', set: SET, options: { type: 'hash:ip' } } : { do: 'flushSet', set: SET },
    ...elements.map((entry) => ({ do: 'addEntry', set: SET, entry })),
    ...PLACES.flatMap((place) => [
      { ...place, do: isNew ? 'createChain' : 'flushChain' },
      { ...place, do: 'appendRule', rule },
    ]),
  ]
  const answer = await change(
    load,
    ['POST', '/v1/transactions', { changes }],
    [
      ...PLACES.map(({ chain }) => [chainName(chain), { text: rule }] as const),
      [setName(SET), { text: elements.join('\n') }],
    ],
  )
  load.sawRevision(revisionOf(answer))
}
