import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { openDoors } from './doors.ts'
import { peerOf } from './peer.ts'

it('who has connected to the socket is told by the kernel, and of TCP nobody', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-peer-'))
  const socket = join(folder, 'c.sock')
  const http = { host: '127.0.0.1', port: 0 }
  const doors = await openDoors({ socket, http }, (request, response) =>
    response.end(JSON.stringify(peerOf(request) ?? 'nobody')),
  )
  try {
    // The shell becomes curl, so that its number is curl's.
    const script = 'echo $$; exec curl --silent --unix-socket "$0" http://localhost/'
    const { stdout } = await runCommand('sh', ['-c', script, socket])
    const [process_ = '', peer = ''] = stdout.split('\n')
    expect(JSON.parse(peer)).toEqual({
      process: Number(process_),
      user: process.getuid?.(),
      group: process.getgid?.(),
    })
    expect(await (await fetch(doors.urls[0] ?? '')).json()).toBe('nobody')
  } finally {
    await doors.close(0)
    rmSync(folder, { recursive: true })
  }
})
