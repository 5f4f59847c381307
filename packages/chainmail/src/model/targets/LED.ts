import { option, target } from '../extension.ts'
import { type Kind, wordKind } from '../kind.ts'
import { flag } from '../kinds/flag.ts'
import { readInteger } from '../kinds/number.ts'
import { text } from '../kinds/text.ts'

const ESCAPED = /["\\]/g
const identifier: Kind<string> = {
  ...text({ maxBytes: 16 }),
  render: (value) => `"${value.replace(ESCAPED, '\\$&')}"`,
}

const MAX_DELAY = 2_147_483_647

/** iptables-save prints -1 for inf, which restore does not read, and more delays as negative numbers. */
const delay = wordKind<number | 'inf', number | string>({
  expects: `a number of milliseconds of 0 to ${MAX_DELAY}, or inf`,
  schema: { anyOf: [{ type: 'integer', minimum: 0, maximum: MAX_DELAY }, { const: 'inf' }] },
  read: (word) => {
    if (word === '-1' || word.toLowerCase() === 'inf') return 'inf'
    const value = readInteger(word)
    return value !== undefined && value <= MAX_DELAY ? value : undefined
  },
})

// iptables-extensions(8), LED
export const LED = target('LED', {
  about: 'Lights a lamp of the machine when the packet comes by.',
  options: {
    ledTriggerId: option('--led-trigger-id', identifier, {
      about: 'The name of the trigger, at most 16 bytes; sysfs shows it with netfilter- in front.',
      required: true,
    }),
    ledDelay: option('--led-delay', delay, {
      about: 'Milliseconds that the lamp stays on, or inf for ever.',
      omitted: 0,
    }),
    ledAlwaysBlink: option('--led-always-blink', flag, { about: 'Blinks even if the lamp is on already.' }),
  },
})
