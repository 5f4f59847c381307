/** Runs work whose files are born without the permissions of the mask; see umask(2). The work is synchronous. */
export function withUmask<Result>(mask: number, work: () => Result): Result {
  const before = process.umask(mask)
  try {
    return work()
  } finally {
    process.umask(before)
  }
}
