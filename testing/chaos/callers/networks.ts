import { banName, UNBANNED } from '../names.ts'
import { type Caller, change } from './caller.ts'

const NETWORKS = 12

/** Bans networks, and frees and bans an address inside. */
export const networks: Caller = async (load) => {
  const { model, random } = load
  const block = `13.0.${random.below(NETWORKS)}`
  const network = banName(`${block}.0/24`, 'everything')
  const inside = banName(`${block}.5`, 'everything')
  const [around, address] = [model.get(network), model.get(inside)?.text]
  const reason = load.word()
  if (around === undefined || random.oneIn(4)) {
    await change(load, ['PUT', `/v1/bans/${block}.0%2F24`, { reason }], [[network, { text: reason }]])
    return
  }
  if (random.oneIn(4)) {
    const also = address === UNBANNED ? [[inside, undefined] as const] : []
    await change(load, ['DELETE', `/v1/bans/${block}.0%2F24`], [[network, undefined], ...also])
    return
  }
  const path = `/v1/bans/${block}.5`
  if (address === UNBANNED || random.oneIn(2))
    await change(load, ['PUT', path, { reason }], [[inside, { text: reason }]])
  else await change(load, ['DELETE', path], [[inside, { text: UNBANNED }]])
}
