import { target } from '../extension.ts'

// iptables(8), TARGETS
export const RETURN = target('RETURN', {
  about: 'Goes on in the calling chain, or applies the policy of a built-in one.',
  options: {},
})
