import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { giveBackMemory, unchangedFiles } from './resident-memory.ts'

const smaps = `00400000-00600000 r-xp 00000000 fd:00 12                 /usr/bin/node
Size:               2048 kB
Anonymous:             0 kB
00600000-00700000 r--p 00200000 fd:00 12                 /usr/bin/node
Size:               1024 kB
Anonymous:             4 kB
00700000-00800000 rw-p 00300000 fd:00 12                 /usr/bin/node
Anonymous:             0 kB
00800000-00900000 r--s 00000000 fd:00 13                 /dev/shm/a
Anonymous:             0 kB
7f0000000000-7f0000001000 r--p 00000000 fd:00 14         /opt/a b/library.so (deleted)
Anonymous:             0 kB
7f0000001000-7f0000002000 r-xp 00000000 00:00 0
Anonymous:             0 kB
7fff00000000-7fff00001000 r-xp 00000000 00:00 0          [vdso]
Anonymous:             0 kB
`

it('takes for a file what is private, cannot be written to, and has no page that was ever changed', () => {
  expect(unchangedFiles(smaps)).toEqual([
    { address: 0x400000, length: 0x200000 },
    { address: 0x7f0000000000, length: 0x1000 },
  ])
})

it('gives back the pages of the program that it does not run', async () => {
  const before = filePages()
  await giveBackMemory()
  expect(filePages()).toBeLessThan(before / 2)
})

/** Of files, in KiB: proc_pid_status(5). */
function filePages(): number {
  return Number(/^RssFile:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1])
}
