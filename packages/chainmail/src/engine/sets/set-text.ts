/** Sets as `ipset save` prints them and `ipset restore` reads them. */
import {
  type EntryRequest,
  InputError,
  KernelError,
  parseRestoreText,
  type RestoreOperation,
  saveLines,
} from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { changeEntries } from './set-content.ts'
import type { SetDoors } from './set-growth.ts'

/** Entries that are read from the text before they are sent, and the event loop turns. */
const STEP = 1_000

type EntryOperation = Extract<RestoreOperation, { command: 'add' | 'del' }>
type WholeOperation = Exclude<RestoreOperation, EntryOperation>

/** All sets, or the one named, as `ipset save` prints them. */
export async function saveText({ ipset }: SetDoors, name?: string): Promise<string> {
  const parts: string[] = []
  for await (const lines of saveLines(ipset, name)) if (lines.length > 0) parts.push(`${lines.join('\n')}\n`)
  return parts.join('')
}

/**
 * Does what a text for `ipset restore` says, line by line. As there, the lines before one that fails are done, and a
 * set that is full does not grow.
 *
 * @throws InputError `bad-restore-line`; ChainmailError with the kernel's code; both with the number of the line
 */
export function restoreText(doors: SetDoors, text: string): Promise<void> {
  return makeChanges(doors, parseRestoreText(text))
}

/**
 * Makes changes one after another, those of entries that belong together in one go.
 *
 * @throws ChainmailError with the kernel's code, and the line of the change that was refused
 */
export async function makeChanges(doors: SetDoors, operations: Iterable<RestoreOperation>): Promise<void> {
  let entries: EntryOperation[] = []
  const send = async (): Promise<void> => {
    const [first] = entries
    if (first === undefined) return
    const sent = entries
    entries = []
    await doors.turns.takeWhole([first.name], () => sendEntries(doors, first, sent))
  }
  try {
    for (const operation of operations) {
      const [first] = entries
      const fits = first === undefined || (goesWith(operation, first) && entries.length < STEP)
      if (!fits) await send()
      if (isEntryOperation(operation)) entries.push(operation)
      else await changeWhole(doors, operation)
    }
  } finally {
    // The entries before a line that cannot be read are not lost.
    await send()
  }
}

function isEntryOperation(operation: RestoreOperation): operation is EntryOperation {
  return operation.command === 'add' || operation.command === 'del'
}

function goesWith({ command, name, exists }: RestoreOperation, other: EntryOperation): boolean {
  return command === other.command && name === other.name && exists === other.exists
}

async function sendEntries(
  { ipset }: SetDoors,
  first: EntryOperation,
  sent: readonly EntryOperation[],
): Promise<void> {
  const { command, name, exists } = first
  const entries = sent.map(({ entry }): EntryRequest => entry)
  try {
    await changeEntries(ipset, command, name, entries, exists)
  } catch (error) {
    throw atLine(error, sent[lineOf(error)]?.line ?? first.line)
  }
}

async function changeWhole({ ipset, turns }: SetDoors, operation: WholeOperation): Promise<void> {
  const names = 'name2' in operation ? [operation.name, operation.name2] : [operation.name]
  const concerned = names.flatMap((name) => (name === undefined ? ipset.names() : [name]))
  await turns.takeWhole(concerned, async () => {
    try {
      await change(ipset, operation)
    } catch (error) {
      throw atLine(error, operation.line)
    }
  })
}

async function change(ipset: SetDoors['ipset'], operation: WholeOperation): Promise<void> {
  switch (operation.command) {
    case 'create':
      ipset.create(operation.name, operation.type, operation.options, { exists: operation.exists })
      break
    case 'flush':
      if (operation.name === undefined) ipset.flushAll()
      else await ipset.flushInThread(operation.name)
      break
    case 'destroy':
      if (operation.name === undefined) ipset.destroyAll()
      else ipset.destroy(operation.name)
      break
    case 'swap':
      ipset.swap(operation.name, operation.name2)
      break
    case 'rename':
      ipset.rename(operation.name, operation.name2)
      break
    default:
      operation satisfies never
  }
}

function lineOf(error: unknown): number {
  return error instanceof KernelError || error instanceof InputError ? (error.line ?? 0) : 0
}

function atLine(error: unknown, line: number): unknown {
  if (!(error instanceof KernelError || error instanceof InputError)) return error
  return new ChainmailError(error.code, `Line ${line}: ${error.message}`, { line, cause: error })
}
