import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import type { Family } from 'chainmail'
import type { Problem, Spelling } from 'chainmail/text'
import type { Argument, Session } from './command.ts'
import { text } from './option.ts'
import { quoted, Refusal, refusal, wrongUsage } from './refusal.ts'

/** The file that a command reads rules from. */
export const fileArgument: Argument = {
  name: 'FILE',
  about: 'the file; - or nothing for standard input',
  required: false,
  completes: 'files',
}

/** The languages of rules, as `chainmail/text` has them: it is loaded only by what reads rules. */
export const languages = ['save', 'args', 'json', 'xml'] as const

/** The version of iptables that a dump is written for. */
export const iptablesOption = text({
  name: 'iptables',
  placeholder: 'VERSION',
  about: 'write a dump as iptables-save of this version prints it',
  otherwise: 'that of this host, or 1.8.9',
})

/** How a dump is to be spelled. @throws Refusal `usage` when the text is no version */
export async function spellingFor(version: string | undefined, family: Family): Promise<Spelling> {
  const { hostSpelling, spellingOf } = await import('chainmail/text')
  if (version === undefined) return (await hostSpelling(family)) ?? {}
  const [found] = /\d+(?:\.\d+)+/.exec(version) ?? []
  if (found === undefined)
    throw wrongUsage(`--iptables wants a version such as 1.8.9, not ${quoted(version)}.`)
  return spellingOf(found)
}

/** A text of rules and where it came from. */
export interface RuleText {
  /** As it is named in messages. */
  readonly name: string
  readonly text: string
  /** What stands in the way of reading it as text at all. */
  readonly problems: readonly Problem[]
}

/** @throws Refusal `file-unreadable` */
export async function readRuleText(file: string | undefined, session: Session): Promise<RuleText> {
  const fromInput = file === undefined || file === '-'
  const bytes = fromInput ? await session.input() : await readBytes(file)
  const name = fromInput ? 'standard input' : file
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
  return { name, text: content, problems: isUtf8(bytes) ? [] : [notUtf8(bytes)] }
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw unreachableFile(file, 'read', error)
  }
}

/** What the system refused about a file. */
export function unreachableFile(file: string, what: 'read' | 'written', error: Error): Refusal {
  return refusal(
    what === 'read' ? 'file-unreadable' : 'file-unwritable',
    `The file cannot be ${what}`,
    `${quoted(file)} cannot be ${what}: ${fileTrouble(error)}.`,
  )
}

/** What a system call for a file failed with, in words. errno(3) */
const troubles: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no directory',
  EISDIR: 'it is a directory',
  EACCES: 'you are not permitted to',
  EPERM: 'you are not permitted to',
  EROFS: 'its file system is read-only',
  ENOSPC: 'its file system is full',
  ELOOP: 'its symbolic links lead round in a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_FS_FILE_TOO_LARGE: 'it has more than 2 GiB',
}

function fileTrouble(error: Error): string {
  const code = 'code' in error ? String(error.code) : ''
  return troubles[code] ?? error.message
}

const LINE_FEED = 0x0a

function notUtf8(bytes: Uint8Array): Problem {
  let line = 1
  let begin = 0
  let end = bytes.indexOf(LINE_FEED)
  while (end !== -1 && isUtf8(bytes.subarray(begin, end))) {
    line++
    begin = end + 1
    end = bytes.indexOf(LINE_FEED, begin)
  }
  const rest = Buffer.from(bytes.subarray(begin, end === -1 ? undefined : end)).toString()
  const column = rest.indexOf('\ufffd') + 1
  return { code: 'bad-syntax', message: `line ${line}: the bytes are not UTF-8.`, line, column }
}

/** A text that cannot be read as rules, by the first thing that is wrong with it. */
export function unreadable({ name }: RuleText, problems: readonly Problem[]): Refusal {
  const [first] = problems
  const more = problems.length > 1 ? ` There are ${problems.length - 1} more faults.` : ''
  return new Refusal(
    {
      type: 'about:blank',
      title: 'The rules cannot be read',
      detail: `${name}, ${first?.message ?? ''}${more}`,
      code: first?.code ?? 'bad-syntax',
      problems,
    },
    'chainmail check shows all of what is wrong, and where.',
    'refused',
  )
}
