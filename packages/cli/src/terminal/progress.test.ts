import { describe, expect, test } from 'vitest'
import { Progress, type ProgressSink } from './progress.ts'

class Terminal implements ProgressSink {
  readonly isTTY: boolean
  readonly columns: number
  readonly written: string[] = []

  constructor(columns: number, isTTY = true) {
    this.columns = columns
    this.isTTY = isTTY
  }

  write(text: string): void {
    this.written.push(text.replace('\r\u001b[K', ''))
  }
}

/** Half of a list of 2,000 bytes in two seconds, a piece every 100 ms. */
function halfOf(terminal: Terminal, totalBytes: number | undefined): Progress {
  let time = 0
  const progress = new Progress(terminal, {
    label: 'loading a',
    noun: 'entries',
    totalBytes,
    now: () => time,
  })
  for (let piece = 0; piece < 20; piece++) {
    time += 100
    progress.items(5_000)
    progress.bytes(50)
  }
  return progress
}

describe('a progress bar', () => {
  test('tells how far the work has come, and how fast', () => {
    const terminal = new Terminal(72)
    halfOf(terminal, 2_000)
    expect(terminal.written.at(-1)).toBe(
      'loading a  [###############..............]  50 %  100 k entries, 50 k/s',
    )
  })

  test('is shown when the work takes longer than a second, and taken away at its end', () => {
    const terminal = new Terminal(72)
    halfOf(terminal, 2_000).end()
    expect(terminal.written[0]).toContain('25 %')
    expect(terminal.written.at(-1)).toBe('')
  })

  test('tells what was done where nobody knows how much there is', () => {
    const terminal = new Terminal(72)
    halfOf(terminal, undefined)
    expect(terminal.written.at(-1)).toBe('loading a  100 k entries, 50 k/s')
  })

  test('is never wider than the terminal', () => {
    for (const columns of [10, 30, 50]) {
      const terminal = new Terminal(columns)
      halfOf(terminal, 2_000)
      for (const line of terminal.written) expect(line.length).toBeLessThan(columns)
    }
  })

  test('writes nothing where nobody watches, or when it is over soon', () => {
    const pipe = new Terminal(72, false)
    halfOf(pipe, 2_000).end()
    expect(pipe.written).toEqual([])
    const terminal = new Terminal(72)
    const progress = new Progress(terminal, { label: 'loading', noun: 'entries', now: () => 0 })
    progress.bytes(10)
    progress.end()
    expect(terminal.written).toEqual([])
  })
})
