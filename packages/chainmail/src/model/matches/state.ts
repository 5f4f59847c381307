import { match, option } from '../extension.ts'
import { choices } from '../kinds/choice.ts'

const states = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED'] as const

// iptables-extensions(8), state
export const state = match('state', {
  about: 'Compares the state that connection tracking gives to the packet; conntrack does more.',
  options: {
    state: option('--state', choices(states), {
      about: 'The packet is in one of these states.',
      negatable: true,
      required: true,
    }),
  },
})
