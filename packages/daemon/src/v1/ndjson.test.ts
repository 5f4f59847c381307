import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import Fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NDJSON, sendLines, takeLines } from './ndjson.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-ndjson-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Answers after the first piece of a request. */
async function* hasty(body: Readable): AsyncGenerator<string, void> {
  await body[Symbol.asyncIterator]().next()
  yield '{"summary":{}}\n'
}

describe('a stream that is answered before its end', () => {
  it('gets its answer, and is closed although its caller goes on sending', async () => {
    const path = join(folder, 's.sock')
    await using app = Fastify()
    takeLines(app)
    app.post<{ Body: Readable }>('/x', async ({ body }, reply) => sendLines(reply, hasty(body)))
    await app.listen({ path })

    const caller = connect(path)
    const closed = Promise.withResolvers<void>()
    caller.on('close', () => closed.resolve())
    let answer = ''
    caller.setEncoding('utf8').on('data', (text: string) => {
      answer += text
    })
    // The rest of what it sends finds nobody.
    caller.on('error', () => undefined)
    caller.write(
      `POST /x HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${NDJSON}\r\ntransfer-encoding: chunked\r\n\r\n`,
    )
    const line = `${'x'.repeat(65_535)}\n`
    const send = (): void => {
      while (!caller.destroyed && caller.write(`${line.length.toString(16)}\r\n${line}\r\n`));
    }
    caller.on('drain', send)
    send()

    await closed.promise
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).toContain('{"summary":{}}')
  })
})
