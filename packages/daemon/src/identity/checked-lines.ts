import type { IncomingMessage } from 'node:http'
import type { LineKind } from '../v1/sets-stream.ts'
import { demandOf } from './caller.ts'
import type { Need } from './needs.ts'

/**
 * Lines of which each is refused that needs more than the caller may: with its own result, like one that cannot be read.
 * @param needOf throws what the line is refused with
 */
export function checkedLines<Item>(
  request: IncomingMessage,
  kind: LineKind<Item>,
  needOf: (item: Item) => Need,
): LineKind<Item> {
  const demand = demandOf(request)
  if (demand === undefined) return kind
  return {
    ...kind,
    read(line) {
      const item = kind.read(line)
      demand(needOf(item))
      return item
    },
  }
}
