import { type Addressed, type Kind, wordKind } from '../kind.ts'
import { maskedNetwork, type Network, readNetwork } from './address.ts'

const MAX_LENGTH = 64

/** An IPv6 prefix of 1 to 64 bits without bits behind it, as RFC 6296 translates it. */
export const translatedPrefix: Kind<Network> & Addressed = wordKind({
  expects: `an IPv6 prefix of 1 to ${MAX_LENGTH} bits without bits behind it, such as 2001:db8:1::/48`,
  schema: { type: 'string', examples: ['2001:db8:1::/48'] },
  read: (word, context) => {
    const kept = readNetwork(word, context.family)
    if (kept === undefined) return undefined
    const length = Number(kept.split('/')[1] ?? 128)
    const whole = kept === maskedNetwork.parse([word], 0, context)
    return whole && length >= 1 && length <= MAX_LENGTH ? kept : undefined
  },
})
