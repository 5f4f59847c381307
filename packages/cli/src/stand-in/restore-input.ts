import { readFile } from 'node:fs/promises'
import type { Session } from '../command.ts'
import { refusal } from '../refusal.ts'

/** Options whose value is the next word. */
const WITH_VALUE = /^(?:-[TMwW]|--(?:table|modprobe|wait|wait-interval))$/

/** What iptables-restore reads: the file that is named last, or else standard input. */
export interface RestoreInput {
  /** The arguments without the file. */
  readonly own: readonly string[]
  readonly text: string
}

/** @throws Refusal `bad-input` when the file cannot be read, or is not text */
export async function restoreInput(
  words: readonly string[],
  session: Pick<Session, 'input'>,
): Promise<RestoreInput> {
  const last = words.at(-1)
  const isFile = last !== undefined && !last.startsWith('-') && !WITH_VALUE.test(words.at(-2) ?? '')
  if (words.includes('-V') || words.includes('--version')) return { own: words, text: '' }
  return isFile
    ? { own: words.slice(0, -1), text: textOf(await contentOf(last)) }
    : { own: words, text: textOf(await session.input()) }
}

async function contentOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw refusal('bad-input', 'Not readable', `The file of rules cannot be read: ${words}.`)
  }
}

/** @throws Refusal `bad-input` when it is not text */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw refusal('bad-input', 'No text', 'The rules are not text in UTF-8.')
  }
}
