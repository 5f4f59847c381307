import { ruleName } from '../names.ts'
import { type Caller, held, plainRequest } from './caller.ts'

const POOL = 60

/** Makes and deletes entries of rfw's protocol, in sets and as rules. @param own which addresses are the caller's own: 0 to 255 */
export function rfw(own: number): Caller {
  return async ({ client, model, random }) => {
    const place = random.below(POOL)
    const address = `15.${own}.0.${place}`
    const isRule = place % 3 === 0
    const name = isRule
      ? ruleName('chainmail-forward', `-s ${address}/32 -i eth1 -j ACCEPT`)
      : `chainmail-input-drop4 ${address}`
    const path = isRule ? `/accept/forward/eth1/${address}` : `/drop/input/any/${address}`
    const isDeleted = model.get(name) !== undefined && random.oneIn(2)
    const seconds = isRule || random.oneIn(2) ? 0 : 3600 * (1 + random.below(48))
    const entry = isRule ? { text: 'a rule' } : held('', seconds === 0 ? undefined : seconds)
    const step = model.begin(new Map([[name, isDeleted ? undefined : entry]]))
    if (isDeleted) await plainRequest(client.place, 'DELETE', path)
    else await plainRequest(client.place, 'PUT', `${path}?expire=${seconds}`)
    step.made()
  }
}
