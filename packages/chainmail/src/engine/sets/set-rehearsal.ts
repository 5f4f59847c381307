/** What changes of sets would come to and be refused for, found out without making them. */
import { type CreateOptions, checkNewSetName, type Ipset } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { createAside, discard } from './set-aside.ts'
import { copyEntries } from './set-content.ts'

/** Makes a copy of a set, which goes when it is disposed of. @throws KernelError `set-not-found` */
export async function copyOf(
  ipset: Ipset,
  name: string,
): Promise<AsyncDisposable & { readonly name: string }> {
  const { type, options } = await ipset.describe(name)
  const copy = await createAside(ipset, type, options)
  try {
    await copyEntries(ipset, name, copy)
  } catch (error) {
    await discard(ipset, copy)
    throw error
  }
  return { name: copy, [Symbol.asyncDispose]: () => discard(ipset, copy) }
}

/**
 * What making a set would be refused for: the kernel makes one like it, which goes again.
 *
 * @throws InputError `bad-set-name`, `bad-set-option`; KernelError `set-type-unsupported` and what else a create is
 *   refused for; ChainmailError `set-exists`
 */
export async function rehearseCreate(
  ipset: Ipset,
  name: string,
  type: string,
  options: CreateOptions,
): Promise<void> {
  refuseTaken(ipset, name)
  await discard(ipset, await createAside(ipset, type, options))
}

/** @throws InputError `bad-set-name`; ChainmailError `set-exists` */
export function refuseTaken(ipset: Ipset, name: string): void {
  checkNewSetName(name)
  if (!ipset.names().includes(name)) return
  throw new ChainmailError('set-exists', `There is a set ${name} already.`, { path: 'name' })
}

/** @throws ChainmailError `set-in-use`; KernelError `set-not-found` */
export function refuseReferenced(ipset: Ipset, name: string): void {
  ipset.header(name)
  if (!ipset.isReferenced(name)) return
  throw new ChainmailError('set-in-use', `A rule or a list refers to the set ${name}.`)
}

/** @throws ChainmailError `set-type-mismatch`; KernelError `set-not-found` */
export function refuseUnlike(ipset: Ipset, name: string, other: string): void {
  const [one, another] = [ipset.header(name), ipset.header(other)]
  if (one.type === another.type && one.family === another.family) return
  throw new ChainmailError(
    'set-type-mismatch',
    `The sets ${name} and ${other} are not of the same type and family.`,
  )
}
