/** Sets as `ipset save` prints them and `ipset restore` reads them. */
import {
  type EntryRequest,
  InputError,
  KernelError,
  Pace,
  parseRestoreText,
  type RestoreOperation,
  saveLines,
} from '@chainmail/kernel'
import { ChainmailError } from '../errors.ts'
import type { SetDoors } from './set-growth.ts'

/** Lines, or entries of one message to the kernel, between two looks at the clock. */
const STEP = 500

type EntryOperation = Extract<RestoreOperation, { command: 'add' | 'del' }>
type WholeOperation = Exclude<RestoreOperation, EntryOperation>

/** All sets, or the one named, as `ipset save` prints them. */
export async function saveText({ ipset }: SetDoors, name?: string): Promise<string> {
  const pace = new Pace()
  const parts: string[] = []
  let lines: string[] = []
  for (const line of saveLines(ipset, name)) {
    lines.push(line)
    if (lines.length < STEP) continue
    parts.push(lines.join('\n'))
    lines = []
    await pace.step()
  }
  if (lines.length > 0) parts.push(lines.join('\n'))
  return parts.map((part) => `${part}\n`).join('')
}

/**
 * Does what a text for `ipset restore` says, line by line. As there, the lines before one that fails are done, and a
 * set that is full does not grow.
 *
 * @throws InputError `bad-restore-line`; ChainmailError with the kernel's code; both with the number of the line
 */
export async function restoreText(doors: SetDoors, text: string): Promise<void> {
  const pace = new Pace()
  let entries: EntryOperation[] = []
  const send = async (): Promise<void> => {
    const [first] = entries
    if (first === undefined) return
    const sent = entries
    entries = []
    await doors.turns.takeWhole([first.name], async () => sendEntries(doors, first, sent))
    await pace.step()
  }
  try {
    for (const operation of parseRestoreText(text)) {
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

function sendEntries({ ipset }: SetDoors, first: EntryOperation, sent: readonly EntryOperation[]): void {
  const { command, name, exists } = first
  const entries = sent.map(({ entry }): EntryRequest => entry)
  try {
    if (command === 'add') ipset.addMany(name, entries, { exists })
    else ipset.delMany(name, entries, { exists })
  } catch (error) {
    throw atLine(error, sent[lineOf(error)]?.line ?? first.line)
  }
}

async function changeWhole({ ipset, turns }: SetDoors, operation: WholeOperation): Promise<void> {
  const names = 'name2' in operation ? [operation.name, operation.name2] : [operation.name]
  const concerned = names.flatMap((name) => (name === undefined ? ipset.names() : [name]))
  await turns.takeWhole(concerned, async () => {
    try {
      change(ipset, operation)
    } catch (error) {
      throw atLine(error, operation.line)
    }
  })
}

function change(ipset: SetDoors['ipset'], operation: WholeOperation): void {
  switch (operation.command) {
    case 'create':
      ipset.create(operation.name, operation.type, operation.options, { exists: operation.exists })
      break
    case 'flush':
      if (operation.name === undefined) ipset.flushAll()
      else ipset.flush(operation.name)
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
