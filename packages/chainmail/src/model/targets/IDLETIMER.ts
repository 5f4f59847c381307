import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { name } from '../kinds/name.ts'
import { integer } from '../kinds/number.ts'

/** The kernel refuses INT_MAX milliseconds and more. */
const MAX_SECONDS = 2_147_482

/** What a folder of sysfs has already. */
const taken: ReadonlySet<string> = new Set(['.', '..', 'power', 'subsystem', 'uevent'])

// iptables-extensions(8), IDLETIMER; MAX_IDLETIMER_LABEL_SIZE in uapi/linux/netfilter/xt_IDLETIMER.h is 28 with the NUL
export const IDLETIMER = target('IDLETIMER', {
  about: 'Reports through sysfs when no packet has come by for a while.',
  refuses: ({ label }) =>
    typeof label === 'string' && (label.includes('/') || taken.has(label))
      ? 'label becomes the name of a file in sysfs, and this is none that is free'
      : undefined,
  options: {
    timeout: option('--timeout', integer(1, MAX_SECONDS), {
      about: 'Seconds without a packet until the report.',
      required: true,
    }),
    label: option('--label', name(27), {
      about: 'The name of the timer, 1 to 27 bytes; rules with the same name share it.',
      required: true,
    }),
    alarm: option('--alarm', flag, { about: 'Wakes the machine up to report.' }),
  },
})
