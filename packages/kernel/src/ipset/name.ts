import { InputError, quote } from '../errors.ts'

/** ip_set.h: IPSET_MAXNAMELEN counts the closing NUL. */
const maximumNameLength = 31
/** if.h: IFNAMSIZ counts the closing NUL. */
const maximumInterfaceLength = 15
/** ip_set.h: IPSET_MAX_COMMENT_SIZE. */
const maximumCommentLength = 255

/** Controls, blanks and the quotation mark: `ipset restore` splits its lines at them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const splitsLine = /[\u0000-\u0020\u007f"]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const breaksComment = /[\u0000-\u001f\u007f"]/u
/** `ipset restore` takes such a word for one of its own options, quoted or not. */
const looksLikeOption = /^-\S*$/u

/**
 * Refuses a name that can't be sent to the kernel: it must have 1 to 31 bytes in UTF-8, none of them NUL. This is
 * all that is asked of the name of a set that is there already.
 * @throws InputError `bad-set-name`
 */
export function checkSetName(name: string): void {
  if (name === '') throw new InputError('bad-set-name', 'The name of a set is empty.')
  if (name.length > maximumNameLength || (!isAscii(name) && Buffer.byteLength(name) > maximumNameLength))
    throw new InputError(
      'bad-set-name',
      `The set name ${quote(name)} is longer than ${maximumNameLength} bytes. Choose a shorter one.`,
    )
  if (name.includes('\0'))
    throw new InputError('bad-set-name', `The set name ${quote(name)} holds a NUL character.`)
}

/**
 * Refuses a name for a new set that `ipset save` would print and `ipset restore` would misread.
 * @throws InputError `bad-set-name`
 */
export function checkNewSetName(name: string): void {
  checkSetName(name)
  if (splitsLine.test(name))
    throw new InputError(
      'bad-set-name',
      `The set name ${quote(name)} holds a blank, a quotation mark or a control character, which ipset restore can't read back.`,
    )
  if (looksLikeOption.test(name))
    throw new InputError(
      'bad-set-name',
      `The set name ${quote(name)} begins with "-", which ipset restore reads as an option.`,
    )
}

/**
 * Refuses the name of an interface that the kernel would cut, or that `ipset save` would print and `ipset restore`
 * would misread.
 * @throws InputError `bad-element`
 */
export function checkInterfaceName(name: string): void {
  if (name === '' || name.length > maximumInterfaceLength || Buffer.byteLength(name) > maximumInterfaceLength)
    throw new InputError(
      'bad-element',
      `The interface name ${quote(name)} has not 1 to ${maximumInterfaceLength} bytes.`,
    )
  if (splitsLine.test(name) || /[,[\]]/u.test(name))
    throw new InputError(
      'bad-element',
      `The interface name ${quote(name)} holds a blank, a quotation mark, a bracket, a comma or a control character, which ipset restore can't read back.`,
    )
}

/**
 * Refuses a comment that the kernel would cut, or that `ipset save` would print and `ipset restore` would misread.
 * ipset(8) knows no escape character: a backslash is an ordinary character.
 * @throws InputError `bad-entry-option`
 */
export function checkComment(comment: string): void {
  // A letter has at most 3 bytes in UTF-8, so that a short comment need not be looked through.
  if (comment.length * 3 > maximumCommentLength && Buffer.byteLength(comment) > maximumCommentLength)
    throw new InputError(
      'bad-entry-option',
      `The comment ${quote(comment)} is longer than ${maximumCommentLength} bytes. Shorten it.`,
    )
  if (breaksComment.test(comment))
    throw new InputError(
      'bad-entry-option',
      `The comment ${quote(comment)} holds a quotation mark or a control character, which ipset restore can't read back.`,
    )
  if (looksLikeOption.test(comment))
    throw new InputError(
      'bad-entry-option',
      `The comment ${quote(comment)} is a word that begins with "-", which ipset restore reads as an option.`,
    )
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false
  return true
}
