import { type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'
import { readInteger } from './number.ts'

/** Queues from the first to the last, both included: `'0:3'`. */
export type QueueRange = `${number}:${number}`

const LAST_QUEUE = 65535

/** More than one queue, and fewer than 65536: the kernel keeps their number in 16 bits. */
export const queueBalance: Kind<QueueRange, string> &
  Bounded<0, 65535> &
  Spelled<`${number}:${number}` | `${number}:` | `:${number}`> = wordKind<QueueRange, string>({
  expects: 'a range of queues such as 0:3, of 2 to 65535 queues with numbers of 0 to 65535',
  schema: { type: 'string', pattern: '^[0-9]{0,5}:[0-9]{0,5}$', examples: ['0:3'] },
  read: (word) => {
    const [firstWord = '', lastWord, ...more] = word.split(':')
    if (lastWord === undefined || more.length > 0) return undefined
    const first = firstWord === '' ? 0 : readInteger(firstWord)
    const last = lastWord === '' ? LAST_QUEUE : readInteger(lastWord)
    if (first === undefined || last === undefined || last > LAST_QUEUE) return undefined
    return first < last && last - first < LAST_QUEUE ? `${first}:${last}` : undefined
  },
})
