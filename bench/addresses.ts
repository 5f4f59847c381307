/** 10.0.0.1, 10.0.0.2 and so on: 16 million addresses, none of them twice. */
export class Addresses {
  #last = 0

  next(): string {
    this.#last += 1
    const host = this.#last
    return `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`
  }

  take(count: number): string[] {
    return Array.from({ length: count }, () => this.next())
  }
}
