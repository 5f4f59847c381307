import type { WriteStream } from 'node:tty'
import type { Style } from '../packages/cli/src/terminal/style.ts'
import { type Caption, drawLanes, drawPackets } from './lanes.ts'
import type { Lane, Packet } from './packet.ts'

/** Where the demo is shown: lines that stay, and below them the lanes of packets. */
export interface Screen {
  readonly style: Style
  /** Writes a line that stays. */
  say(line?: string): void
  /** Shows what became of the packets meanwhile. */
  show(lanes: readonly Lane[], captions: readonly Caption[]): void
  /** Leaves the lanes as they are; what is said next comes below them. */
  settle(): void
  close(): void
}

const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'

/** A terminal: the lanes stand below all that was said, and move. */
export class LiveScreen implements Screen {
  readonly style: Style
  readonly #terminal: WriteStream
  #region: readonly string[] = []

  constructor(terminal: WriteStream, style: Style) {
    this.#terminal = terminal
    this.style = style
    terminal.write(HIDE_CURSOR)
  }

  say(line = ''): void {
    this.#terminal.write(`${this.#erase()}${line}\n${this.#text()}`)
  }

  show(lanes: readonly Lane[], captions: readonly Caption[]): void {
    const erase = this.#erase()
    this.#region = ['', ...drawLanes(lanes, captions, this.#terminal.columns, this.style)]
    this.#terminal.write(erase + this.#text())
  }

  settle(): void {
    this.#region = []
  }

  close(): void {
    this.#terminal.write(SHOW_CURSOR)
  }

  /** Moves up over the lanes and clears from there to the end: cursor previous line, erase in display; ECMA-48. */
  #erase(): string {
    return this.#region.length === 0 ? '' : `\x1b[${this.#region.length}F\x1b[J`
  }

  #text(): string {
    return this.#region.map((line) => `${line}\n`).join('')
  }
}

/** Packets of each client that make a line. */
const PACKETS_A_LINE = 5
const PLAIN_COLUMNS = 100

/** A pipe or a file: one line after the other, and the whole lanes at the end. */
export class PlainScreen implements Screen {
  readonly style: Style
  readonly #write: (text: string) => void
  #told = 0
  #last: readonly string[] = []

  constructor(write: (text: string) => void, style: Style) {
    this.#write = write
    this.style = style
  }

  say(line = ''): void {
    this.#write(`${line}\n`)
  }

  show(lanes: readonly Lane[], captions: readonly Caption[]): void {
    const settled = Math.min(...lanes.map(({ packets }) => settledFirst(packets)))
    while (this.#told + PACKETS_A_LINE <= settled) {
      const next = this.#told + PACKETS_A_LINE
      const parts = lanes.map(
        ({ name, packets }) => `${name} ${drawPackets(packets.slice(this.#told, next), this.style)}`,
      )
      this.say(`    ${parts.join('   ')}`)
      this.#told = next
    }
    this.#last = drawLanes(lanes, captions, PLAIN_COLUMNS, this.style)
  }

  settle(): void {
    this.say()
    for (const line of this.#last) this.say(line)
  }

  close(): void {}
}

/** How many packets there are before the first that is under way. */
function settledFirst(packets: readonly Packet[]): number {
  const underWay = packets.findIndex(({ fate }) => fate === undefined)
  return underWay === -1 ? packets.length : underWay
}
