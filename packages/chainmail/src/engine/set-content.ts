import { type EntryInput, type Ipset, KernelError, type SetDescription } from '@chainmail/kernel'
import { asideName } from './set-aside.ts'

/** A set as the kernel describes it. @throws KernelError `set-not-found` */
export function describeSet(ipset: Ipset, name: string): SetDescription {
  const [description] = ipset.list(name)
  if (description !== undefined) return description
  throw new KernelError('set-not-found', `There is no set ${name}.`, { operation: `ipset list ${name}` })
}

/**
 * Makes a set hold exactly these entries, within the call; see `set-replace.ts` for many. They are filled into a set
 * aside, which is then swapped in: a packet sees the old content or the new one. Duplicates are no error. The set is
 * as it was when this throws.
 */
export function replaceContent(ipset: Ipset, name: string, entries: Iterable<EntryInput>): void {
  const { type, options } = describeSet(ipset, name)
  const aside = asideName(ipset)
  ipset.create(aside, type, options)
  try {
    ipset.addMany(aside, entries, { exists: 'ignore' })
    ipset.swap(name, aside)
  } finally {
    ipset.destroy(aside)
  }
}
