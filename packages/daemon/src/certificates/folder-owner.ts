import { lstatSync } from 'node:fs'
import { DaemonError } from '../errors.ts'

/**
 * Does work on files with the permissions of whoever owns the folder: what root makes in a service's folder is the
 * service's, and where the service could have put a link, root does not follow it. The work is synchronous; the ids of
 * every thread change, see setresuid(2).
 * @throws DaemonError `certificate-unusable` when it is no folder
 */
export function asOwnerOf<Result>(folder: string, work: () => Result): Result {
  const { geteuid, getegid, seteuid, setegid } = process
  const found = lstatSync(folder)
  if (!found.isDirectory())
    throw new DaemonError('certificate-unusable', `${folder} is not a folder: move it away.`)
  if (geteuid === undefined || getegid === undefined || seteuid === undefined || setegid === undefined)
    return work()
  const [user, group] = [geteuid(), getegid()]
  if (user !== 0 || found.uid === 0) return work()
  setegid(found.gid)
  seteuid(found.uid)
  try {
    return work()
  } finally {
    seteuid(user)
    setegid(group)
  }
}
