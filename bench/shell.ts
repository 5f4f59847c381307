import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/**
 * Has a shell run a program once for each word, one after the other. A shell starts programs faster than Node does,
 * and what it takes to start the shell is not counted.
 * @param command words of sh(1), with `$word` in the place of the word
 * @returns milliseconds for one run
 * @throws Error when the program fails
 */
export async function timeSpawns(command: string, words: readonly string[]): Promise<number> {
  const loop = `set -e; echo; while read -r word; do ${command}; done; echo`
  const shell = spawn('sh', ['-c', loop], { stdio: 'pipe' })
  const errors = text(shell.stderr)
  const ended = once(shell, 'close')
  shell.stdin.on('error', () => undefined)
  shell.stdin.end(words.map((word) => `${word}\n`).join(''))
  const [began, finished] = await twoLines(shell.stdout)
  const [code] = await ended
  if (code !== 0 || began === undefined || finished === undefined)
    throw new Error(`sh -c ${JSON.stringify(command)} ended with ${code}: ${await errors}`)
  return (finished - began) / words.length
}

/** When the first and the second newline arrived. */
async function twoLines(stream: AsyncIterable<Uint8Array>): Promise<number[]> {
  const times: number[] = []
  for await (const chunk of stream) {
    for (const byte of chunk) if (byte === 0x0a) times.push(performance.now())
  }
  return times
}
