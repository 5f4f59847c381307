/**
 * Memory that this process no longer needs goes back to the kernel:
 *
 * 1. What the C library keeps of freed memory, in case that it is wanted again: malloc_trim(3).
 * 2. The pages of programs and libraries that only starting needed. They stay in the page cache, as for any file, and
 *    one that is wanted again is found there in about a microsecond: MADV_DONTNEED in madvise(2).
 */
import { readFile } from 'node:fs/promises'
import { adviseUnneeded, trimAllocations } from '../syscalls.ts'

/** Part of the memory of a process, in bytes. */
export interface Mapping {
  readonly address: number
  readonly length: number
}

/** Gives back what can be given back. Meant for a process that has done a piece of work and waits for the next. */
export async function giveBackMemory(): Promise<void> {
  await trimAllocations()
  for (const mapping of unchangedFiles(await readFile('/proc/self/smaps', 'latin1'))) adviseUnneeded(mapping)
}

/** `7f12-7f13 r-xp 00000000 fd:00 123  /usr/bin/node`: of a file, private, neither written to nor ever to be. */
const FILE_FOR_READING = /^([0-9a-f]+)-([0-9a-f]+) r-.p .* \/.*$/

/**
 * The mappings whose every page is the file's own, in the text of /proc/PID/smaps, proc_pid_smaps(5). Where a page was
 * ever changed, as the loader does when it relocates, it would be lost: such a mapping counts as anonymous memory.
 */
export function unchangedFiles(smaps: string): Mapping[] {
  const found: Mapping[] = []
  let mapping: Mapping | undefined
  for (const line of smaps.split('\n')) {
    const [, start, end] = FILE_FOR_READING.exec(line) ?? []
    if (start !== undefined && end !== undefined) {
      const address = Number.parseInt(start, 16)
      mapping = { address, length: Number.parseInt(end, 16) - address }
    } else if (/^[0-9a-f]+-/.test(line)) mapping = undefined
    else if (mapping !== undefined && /^Anonymous: +0 kB$/.test(line)) found.push(mapping)
  }
  return found
}
