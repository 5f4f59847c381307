import { ChainmailError } from '../../errors.ts'
import { TimeTexts } from '../../time-texts.ts'

/** What is known of a ban beside its address and its packets. Times are milliseconds since 1970. */
export interface BanNote {
  readonly reason?: string | undefined
  readonly who?: string | undefined
  readonly since?: number | undefined
  /** Only of a ban that is longer than a timeout of the kernel. */
  readonly until?: number | undefined
}

/** linux/netfilter/ipset/ip_set.h: IPSET_MAX_COMMENT_SIZE. */
const MAX_BYTES = 255

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`

/** `brute force [by alice since 2026-11-23T07:28:44Z until 2027-05-01T00:00:00Z]`, as {@link banComment} writes it. */
const COMMENT = new RegExp(
  String.raw`^(?:(?<reason>.*) )?\[(?:by (?<who>[^[\]]+) )?since (?<since>${TIME})(?: until (?<until>${TIME}))?\]$`,
  's',
)

/** What a reason ends with that was cut. */
const CUT = '…'

/** What ipset restore cannot read back in a comment. */
const QUOTE = /"/g
const CONTROL = /\p{Cc}/gu
const UNREADABLE = /["\p{Cc}]/u

/** Brackets end what stands in brackets. */
const BRACKET = /[[\]]/

/**
 * The comment of a ban's entry in the kernel, where every program of the host can read it.
 *
 * @throws ChainmailError `bad-reason` when it is longer than a comment can be, or holds what no comment can hold
 */
export function banComment(note: BanNote): string {
  const { reason = '', who = '' } = note
  if (BRACKET.test(who)) {
    throw new ChainmailError('bad-reason', `who: ${JSON.stringify(who)} holds a bracket.`, { path: 'who' })
  }
  for (const [path, text] of Object.entries({ reason, who }))
    if (UNREADABLE.test(text))
      throw new ChainmailError(
        'bad-reason',
        `${path}: ${JSON.stringify(text)} holds a quotation mark or a control character, which no comment in the kernel can hold. Write it without.`,
        { path },
      )
  const tail = tailOf(note)
  const comment = joined(reason, tail)
  if (fits(comment)) return comment
  const left = MAX_BYTES - Buffer.byteLength(tail) - 1
  throw new ChainmailError(
    'bad-reason',
    left < 0
      ? `who: it leaves no room for a reason; ${MAX_BYTES} bytes hold both and the times.`
      : `reason: it has ${Buffer.byteLength(reason)} bytes; beside who and since when, ${left} are left for it in the kernel.`,
    { path: left < 0 ? 'who' : 'reason' },
  )
}

/**
 * The same for a ban of which a book holds the whole: a reason that is too long beside the rest is cut, and what no
 * comment can hold is written otherwise.
 */
export function fittingBanComment(note: BanNote, times = new TimeTexts()): string {
  const [reason, who] = [readable(note.reason), readable(note.who)]
  const tail = tailOf({ ...note, who: BRACKET.test(who) ? undefined : who }, times)
  const comment = joined(reason, tail)
  return fits(comment) ? comment : joined(cutTo(reason, MAX_BYTES - Buffer.byteLength(tail) - 1), tail)
}

function readable(text = ''): string {
  return UNREADABLE.test(text) ? text.replace(QUOTE, "'").replace(CONTROL, ' ') : text
}

/** The beginning of a text that has at most so many bytes with the mark that it was cut. */
function cutTo(text: string, bytes: number): string {
  const room = bytes - Buffer.byteLength(CUT)
  if (room < 0) return ''
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(room))
  return text.slice(0, read) + CUT
}

function tailOf({ who = '', since, until }: BanNote, times = new TimeTexts()): string {
  if (since === undefined) return ''
  const by = who === '' ? '' : `by ${who} `
  const to = until === undefined ? '' : ` until ${secondsText(until, times)}`
  return `[${by}since ${secondsText(since, times)}${to}]`
}

function joined(reason: string, tail: string): string {
  return reason === '' || tail === '' ? reason + tail : `${reason} ${tail}`
}

/** A letter has at most 3 bytes in UTF-8, so that a short comment need not be encoded. */
function fits(comment: string): boolean {
  return comment.length * 3 <= MAX_BYTES || Buffer.byteLength(comment) <= MAX_BYTES
}

/** What a comment says. One that somebody else wrote is a reason and nothing else. */
export function readBanComment(comment: string | undefined): BanNote {
  if (comment === undefined || comment === '') return {}
  const groups = comment.endsWith(']') ? COMMENT.exec(comment)?.groups : undefined
  if (groups === undefined) return { reason: comment }
  const { reason, who, since, until } = groups
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(who === undefined ? {} : { who }),
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  }
}

function secondsText(time: number, times: TimeTexts): string {
  return `${times.textOf(time).slice(0, 19)}Z`
}
