import { chainName, PLANNED_PREFIX, setName } from '../names.ts'
import { type Caller, change, revisionOf } from './caller.ts'

const SET = 'chaos-planned'

/** A commit of the kernel each. */
const PLACES = [
  { table: 'filter', family: 'ipv4', chain: `${PLANNED_PREFIX}filter`, network: '19.0.0.0/8' },
  { table: 'mangle', family: 'ipv4', chain: `${PLANNED_PREFIX}mangle`, network: '19.0.0.0/8' },
  { table: 'filter', family: 'ipv6', chain: `${PLANNED_PREFIX}ipv6`, network: 'fd19::/16' },
]

/**
 * Applies a desired state that spans a set and chains of several tables, or one that takes all of them away: several
 * steps in the kernel, and one change.
 */
export const plans: Caller = async (load) => {
  const { model, random } = load
  const [first] = PLACES
  const isThere = first !== undefined && model.get(chainName(first.chain)) !== undefined
  if (isThere && random.oneIn(3)) {
    await apply(load, {
      body: {
        tables: PLACES.map(({ table, family, chain }) => ({
          table,
          family,
          chains: { [chain]: { absent: true } },
        })),
        sets: { [SET]: { absent: true } },
      },
      changes: [
        ...PLACES.map(({ chain }) => [chainName(chain), undefined] as const),
        [setName(SET), undefined],
      ],
    })
    return
  }
  const word = load.word()
  const elements = Array.from({ length: 1 + random.below(8) }, (_, index) => `19.1.${index}.1`)
  const ruleOf = (network: string) => `-s ${network} -m comment --comment ${word} -j DROP`
  await apply(load, {
    body: {
      tables: PLACES.map(({ table, family, chain, network }) => ({
        table,
        family,
        chains: { [chain]: { rules: [ruleOf(network)] } },
      })),
      sets: { [SET]: { type: 'hash:ip', entries: elements } },
    },
    changes: [
      ...PLACES.map(({ chain, network }) => [chainName(chain), { text: ruleOf(network) }] as const),
      [setName(SET), { text: elements.join('\n') }],
    ],
  })
}

interface Wish {
  readonly body: unknown
  readonly changes: Parameters<typeof change>[2]
}

async function apply(load: Parameters<Caller>[0], { body, changes }: Wish): Promise<void> {
  load.sawRevision(revisionOf(await change(load, ['POST', '/v1/apply', body], changes)))
}
