/** So many different IPv4 addresses, the same ones in each run, in an order that has none. */
export function randomAddresses(count: number): Uint32Array {
  const addresses = new Uint32Array(count)
  for (let index = 0; index < count; index++) addresses[index] = scattered(index)
  return addresses
}

/** As they are written, one after another. */
export function* addressTexts(addresses: Iterable<number>): Generator<string, void> {
  for (const address of addresses) yield addressText(address)
}

export function addressText(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** Each number to another one, and no two to the same: the steps can all be undone (the finalizer of MurmurHash3). */
function scattered(number: number): number {
  let mixed = number + 1
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
