import { type Context, type Kind, refuse } from '../kind.ts'
import { maskedNetwork, type Network, network } from './address.ts'

const PREFIX = /^[^/]+(?:\/\d+)?$/

function prefixOnly(value: Network): Network {
  return PREFIX.test(value) ? value : refuse(value, hostNetwork.expects)
}

/** An address or network whose mask is a prefix, with its host bits kept, printed without `/32` and `/128`. */
export const hostNetwork: Kind<Network> = {
  ...network,
  expects: 'an address of the rule’s family, or one with a prefix length such as 192.0.2.7/24',
  parse: (words, at, context) => prefixOnly(network.parse(words, at, context)),
  check: (value, context) => prefixOnly(network.check(value, context)),
}

/** The same, printed with its prefix length whatever it is. */
export const maskedHostNetwork: Kind<Network> = {
  ...hostNetwork,
  render: (value: Network, context: Context) => maskedNetwork.render(value, context),
}
