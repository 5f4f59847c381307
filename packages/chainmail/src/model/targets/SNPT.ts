import { option, target } from '../extension.ts'
import { translatedPrefix } from '../kinds/translated-prefix.ts'

// iptables-extensions(8), SNPT (IPv6-specific)
export const SNPT = target('SNPT', {
  about: 'Translates the prefix of the source address without tracking the connection.',
  families: ['ipv6'],
  tables: ['mangle'],
  options: {
    srcPfx: option('--src-pfx', translatedPrefix, {
      about: 'The prefix that is translated.',
      required: true,
    }),
    dstPfx: option('--dst-pfx', translatedPrefix, {
      about: 'The prefix that takes its place.',
      required: true,
    }),
  },
})
