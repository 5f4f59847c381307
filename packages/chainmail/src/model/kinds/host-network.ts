import { type Addressed, type Context, type Kind, wordKind } from '../kind.ts'
import { maskedNetwork, type Network, network, readNetwork } from './address.ts'

const PREFIX = /^[^/]+(?:\/\d+)?$/

const definition = {
  expects: 'an address of the rule’s family, or one with a prefix length such as 192.0.2.7/24',
  schema: network.schema,
}

function readPrefix(word: string, { family }: Context): Network | undefined {
  const read = readNetwork(word, family)
  return read !== undefined && PREFIX.test(read) ? read : undefined
}

/**
 * An address or network whose mask is a prefix, with its host bits kept, printed without `/32` and `/128`. Any other
 * mask is one of all bits to iptables before 1.8.11.
 */
export const hostNetwork: Kind<Network> & Addressed = wordKind({
  ...definition,
  read: (word, context) =>
    context.iptables === undefined ? readPrefix(word, context) : readNetwork(word, context.family),
})

/** The same, printed with its prefix length whatever it is; no iptables prints other masks rightly. */
export const maskedHostNetwork: Kind<Network> & Addressed = wordKind({
  ...definition,
  read: readPrefix,
  write: (value, context) => maskedNetwork.render(value, context),
})
