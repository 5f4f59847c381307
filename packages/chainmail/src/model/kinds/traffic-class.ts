import { type Kind, type Spelled, wordKind } from '../kind.ts'

/** A class of traffic control, in hexadecimal: `'0001:00ff'`. */
export type TrafficClass = `${string}:${string}`

const CLASS = /^(?:0x)?0*([0-9a-f]{1,4}):(?:0x)?0*([0-9a-f]{1,4})$/i

/** Major and minor number of 0 to ffff, always in hexadecimal. tc(8) */
export const trafficClass: Kind<TrafficClass, string> & Spelled<`${string}:${string}`> = wordKind<
  TrafficClass,
  string
>({
  expects: 'a class of two hexadecimal numbers of 0 to ffff, such as 1:2f',
  schema: { type: 'string', pattern: '^(0x)?[0-9a-fA-F]+:(0x)?[0-9a-fA-F]+$', examples: ['1:2f'] },
  read: (word) => {
    const [, major, minor] = CLASS.exec(word.toLowerCase()) ?? []
    if (major === undefined || minor === undefined) return undefined
    return `${major.padStart(4, '0')}:${minor.padStart(4, '0')}`
  },
})
