import { match, option } from '../extension.ts'
import { u32Tests } from '../kinds/u32-tests.ts'

// iptables-extensions(8), u32
export const u32 = match('u32', {
  about: 'Compares numbers of up to four bytes taken from anywhere in the packet.',
  options: {
    u32: option('--u32', u32Tests, {
      about: 'Where to look and what to find there: location=value&&location=value.',
      negatable: true,
      required: true,
    }),
  },
})
