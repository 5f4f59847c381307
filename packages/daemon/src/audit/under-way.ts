import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { codeOf } from '../errors.ts'

/** Bytes of one request. */
const SLOT = 4_096

const EMPTY = Buffer.alloc(SLOT, ' ')

/**
 * The requests under way whose change stands in the kernel before the store has it: each is written down before it begins,
 * and taken out when its record stands in the log. What is found when the daemon starts was broken off.
 *
 * A file of slots, each of them one write(2), which survives the end of the process.
 */
export class UnderWay {
  readonly #file: number
  readonly #free: number[] = []
  #slots = 0
  #isClosed = false

  constructor(path: string) {
    this.#file = openSync(path, 'w', 0o600)
    ftruncateSync(this.#file)
  }

  /**
   * Writes a request down.
   * @param text of at most {@link SLOT} bytes; without line ends
   * @returns the slot, which {@link end} takes
   */
  begin(text: string): number {
    const slot = this.#free.pop() ?? this.#slots++
    const bytes = Buffer.from(EMPTY)
    bytes.write(text)
    writeSync(this.#file, bytes, 0, SLOT, slot * SLOT)
    return slot
  }

  /** One that ends after {@link close} stays written down: its record is in no log. */
  end(slot: number): void {
    if (this.#isClosed) return
    writeSync(this.#file, EMPTY, 0, SLOT, slot * SLOT)
    this.#free.push(slot)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    closeSync(this.#file)
  }
}

/** The texts that a daemon has left behind which did not end by itself. */
export function leftBehind(path: string): string[] {
  try {
    const bytes = readFileSync(path)
    return Array.from({ length: Math.floor(bytes.length / SLOT) }, (_, slot) =>
      bytes
        .subarray(slot * SLOT, (slot + 1) * SLOT)
        .toString()
        .trimEnd(),
    ).filter((text) => text !== '')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}
