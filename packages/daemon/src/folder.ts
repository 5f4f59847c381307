import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './errors.ts'

/**
 * Makes a folder and those above it, as far as they are missing. Node's recursive mkdirSync is not used: it never
 * returns where the kernel answers ENOENT although the folder above is there, as /proc does.
 *
 * @param path absolute
 * @param mode of each folder that is made, as the umask leaves it
 * @throws Error of Node, such as `ENOENT`, `ENOTDIR`, `EEXIST`, `EACCES`
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (isFolder(path)) return
  const above = dirname(path)
  if (above !== path && !exists(above)) makeFolder(above, mode)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Somebody else was faster.
    if (codeOf(error) !== 'EEXIST' || !isFolder(path)) throw error
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
