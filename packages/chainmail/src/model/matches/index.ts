import { comment } from './comment.ts'
import { conntrack } from './conntrack.ts'
import { icmp } from './icmp.ts'
import { icmp6 } from './icmp6.ts'
import { limit } from './limit.ts'
import { multiport } from './multiport.ts'
import { set } from './set.ts'
import { tcp } from './tcp.ts'
import { udp } from './udp.ts'

/** Every match that the model knows. A new one is a file beside these and a line here. */
export const matches = [comment, conntrack, icmp, icmp6, limit, multiport, set, tcp, udp] as const
