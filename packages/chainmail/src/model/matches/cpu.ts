import { match, option } from '../extension.ts'
import { integer } from '../kinds/number.ts'

// iptables-extensions(8), cpu
export const cpu = match('cpu', {
  about: 'Compares the processor that handles the packet.',
  options: {
    cpu: option('--cpu', integer(0, 4_294_967_295), {
      about: 'The processor, counted from 0.',
      negatable: true,
      required: true,
    }),
  },
})
