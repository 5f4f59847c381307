/** A counter as JSON holds it: a number up to 2^53 - 1, beyond it a decimal text. */
export function plainCount(count: number | bigint): number | string {
  return typeof count === 'bigint' ? String(count) : count
}

export interface PlainCounters {
  readonly packets: number | string
  readonly bytes: number | string
}

export function plainCounters({
  packets,
  bytes,
}: {
  packets: number | bigint
  bytes: number | bigint
}): PlainCounters {
  return { packets: plainCount(packets), bytes: plainCount(bytes) }
}
