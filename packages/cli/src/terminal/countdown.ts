import type { Dialogue } from './dialogue.ts'

const DRAWN_EVERY = 250

/** DEC's save and restore of the cursor, one line up, and clearing of the line: the line that is typed in stays. */
const ABOVE = '\u001b7\u001b[1A\r\u001b[K'
const BACK = '\u001b8'

/** A line on a terminal that tells how much time is left, above the one in which an answer is typed. */
export class Countdown implements Disposable {
  readonly #dialogue: Pick<Dialogue, 'write' | 'columns'>
  readonly #remaining: () => number
  readonly #timer: NodeJS.Timeout
  #shown = ''

  /** @param remaining milliseconds */
  constructor(dialogue: Pick<Dialogue, 'write' | 'columns'>, remaining: () => number) {
    this.#dialogue = dialogue
    this.#remaining = remaining
    this.ask()
    this.#timer = setInterval(() => this.#draw(), DRAWN_EVERY)
  }

  /** Writes both lines, anew after an answer that was none. */
  ask(): void {
    this.#shown = this.#line()
    this.#dialogue.write(`${this.#shown}\nKeep the change? Type yes or no: `)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #draw(): void {
    const line = this.#line()
    if (line === this.#shown) return
    this.#shown = line
    this.#dialogue.write(ABOVE + line + BACK)
  }

  #line(): string {
    const seconds = Math.ceil(this.#remaining() / 1000)
    return `The change is taken back in ${seconds} s.`.slice(0, this.#dialogue.columns - 1)
  }
}
