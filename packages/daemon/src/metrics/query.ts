import { ChainmailError } from 'chainmail'
import type { JsonSchema } from '../v1/schemas.ts'
import { type PacketCounters, packetCounters } from './packet-counters.ts'

/** `?counters=rules,sets` */
export const countersQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    counters: {
      type: 'string',
      description: `Whose packets and bytes are told too: any of ${packetCounters.join(', ')}, with commas between.`,
      examples: ['rules,sets'],
    },
  },
}

/** @throws ChainmailError `bad-request` */
export function readCounters(text = ''): PacketCounters[] {
  if (text === '') return []
  return text.split(',').map((word) => {
    const found = packetCounters.find((name) => name === word)
    if (found !== undefined) return found
    throw new ChainmailError(
      'bad-request',
      `counters: ${JSON.stringify(word.slice(0, 60))} is none of ${packetCounters.join(', ')}.`,
      { path: 'counters' },
    )
  })
}
