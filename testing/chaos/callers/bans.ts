import { banName } from '../names.ts'
import { type Caller, change, held, someDuration } from './caller.ts'

/** Addresses of one caller. */
const POOL = 60

const scopes = ['everything', 'input', 'output', 'forward', 'interface:eth0', 'tcp:22,udp:53']

/** Bans an address or a range in some scope, or takes the ban back. @param own which addresses are the caller's own: 0 to 255 */
export function bans(own: number): Caller {
  return async (load) => {
    const { model, random } = load
    const { address, networks, scope } = placeOf(own, random.below(POOL))
    const names = networks.flatMap((network) => scope.split(',').map((word) => banName(network, word)))
    const path = `/v1/bans/${address}`
    if (model.get(names[0] ?? '') !== undefined && random.oneIn(2)) {
      await change(
        load,
        ['DELETE', `${path}?scope=${scope}`],
        names.map((name) => [name, undefined]),
      )
      return
    }
    const [reason, seconds] = [load.word(), someDuration(random)]
    const ban = held(reason, seconds)
    await change(
      load,
      ['PUT', path, { reason, scope, for: seconds }],
      names.map((name) => [name, ban]),
    )
  }
}

/** Every place has a scope of its own; every fourth is a range, which consists of four networks. */
function placeOf(own: number, place: number) {
  const scope = scopes[place % scopes.length] ?? 'everything'
  if (place % 4 === 3) {
    const block = `10.${own}.${place}`
    const networks = [`${block}.1`, `${block}.2/31`, `${block}.4/31`, `${block}.6`]
    return { address: `${block}.1-${block}.6`, networks, scope }
  }
  const address = place % 5 === 4 ? `fd00:${own}::${place}` : `10.${own}.${place}.1`
  return { address, networks: [address], scope }
}
