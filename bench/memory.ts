import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes of the heap that a value takes, which nothing else holds. */
export function bytesOf(make: () => unknown): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  // What the first pass frees may hold more that the second one frees.
  collect()
  collect()
  const before = process.memoryUsage().heapUsed
  const value = make()
  collect()
  return value === undefined ? 0 : process.memoryUsage().heapUsed - before
}
