import { ALLOWED, allowName, banName } from '../names.ts'
import { type Caller, change } from './caller.ts'

const NETWORKS = 12

/** Allows addresses inside of banned networks, which may be banned themselves, and takes that back. */
export const allowlist: Caller = async (load) => {
  const { model, random } = load
  const block = `14.0.${random.below(NETWORKS)}`
  const network = banName(`${block}.0/24`, 'everything')
  const ban = banName(`${block}.7`, 'everything')
  const entry = allowName(`${block}.7`)
  const reason = load.word()
  if (model.get(network) === undefined) {
    await change(load, ['PUT', `/v1/bans/${block}.0%2F24`, { reason }], [[network, { text: reason }]])
  } else if (model.get(entry) !== undefined && random.oneIn(2)) {
    await change(
      load,
      ['DELETE', `/v1/allowlist/${block}.7`],
      [
        [entry, undefined],
        [ban, undefined],
      ],
    )
  } else if (model.get(entry) === undefined && random.oneIn(2)) {
    await change(load, ['PUT', `/v1/bans/${block}.7`, { reason }], [[ban, { text: reason }]])
  } else {
    const allowed = [
      [entry, { text: reason }],
      [ban, { text: ALLOWED }],
    ] as const
    await change(load, ['PUT', `/v1/allowlist/${block}.7`, { reason }], allowed)
  }
}
