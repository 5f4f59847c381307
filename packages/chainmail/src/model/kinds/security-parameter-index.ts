import { integerRange } from './number.ts'

/** All of them: what an absent option means, and what iptables-save leaves out. */
export const EVERY_SPI = '0:4294967295'

/** A security parameter index of IPsec, or a range of them. */
export const spiRange = integerRange(0, 4_294_967_295)
