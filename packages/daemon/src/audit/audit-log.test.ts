import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AuditLog, type AuditLogOptions } from './audit-log.ts'
import { auditLines, recordsBefore, recordsBehind, verifyAudit } from './reader.ts'

let folder = ''
const FILE = 'audit-000000000001.jsonl'

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-audit-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function open(options: Partial<AuditLogOptions> = {}): AuditLog {
  return new AuditLog({ folder, size: 64 * 1024 ** 2, now: () => 0, ...options })
}

/** Makes a log with so many records, and closes it. */
function filled(records: number, options: Partial<AuditLogOptions> = {}): void {
  const log = open(options)
  append(log, records)
  log.close()
}

function append(log: AuditLog, records: number): void {
  for (let index = 0; index < records; index++)
    log.append({
      kind: 'request',
      who: 'socket',
      door: 'socket',
      method: 'PUT',
      path: `/v1/${index}`,
      status: 200,
    })
}

function lines(): string[] {
  return readFileSync(join(folder, FILE), 'utf8').split('\n').slice(0, -1)
}

function line(place: number): string {
  return lines()[place] ?? ''
}

function write(changed: readonly string[]): void {
  writeFileSync(join(folder, FILE), changed.map((line) => `${line}\n`).join(''))
}

/** The kinds of what is found, with the numbers. */
async function found(wanted?: string): Promise<string[]> {
  const { findings } = await verifyAudit(folder, wanted)
  return findings.map(({ kind, from, to }) => `${kind} ${from === to ? from : `${from}-${to}`}`)
}

describe('the audit log', () => {
  it('is a chain that sha256sum can follow, from an unknown beginning', () => {
    filled(3)
    const [first, second, third] = lines()
    for (const [before, after] of [
      [first, second],
      [second, third],
    ])
      expect(JSON.parse(after ?? '').previous).toBe(
        createHash('sha256')
          .update(before ?? '')
          .digest('hex'),
      )
    expect(JSON.parse(first ?? '').previous).toMatch(/^[0-9a-f]{64}$/)
  })

  it('holds as it was written, over several starts', async () => {
    filled(3)
    filled(2)
    expect(await verifyAudit(folder)).toMatchObject({ holds: true, records: 5, findings: [] })
  })

  it('has written what it calls back for', async () => {
    const log = open()
    append(log, 2)
    await new Promise<void>((resolve) => log.whenWritten(resolve))
    expect(lines()).toHaveLength(2)
    log.close()
  })

  it('has called back when it is closed, and not later', () => {
    const log = open()
    append(log, 1)
    let written = 0
    log.whenWritten(() => {
      written = lines().length
    })
    log.close()
    expect(written).toBe(1)
  })

  it('goes on behind a line that a killed daemon has not written to its end', async () => {
    filled(3)
    appendFileSync(join(folder, FILE), '{"number":4,"ti')
    filled(1)
    expect(lines()).toHaveLength(4)
    expect(await found()).toEqual([])
  })

  it('keeps within its size, and is whole from the oldest record that is left', async () => {
    filled(1_000, { size: 64 * 1024 })
    const log = open({ size: 64 * 1024 })
    for (let round = 0; round < 20; round++) {
      append(log, 50)
      await new Promise<void>((resolve) => log.whenWritten(resolve))
    }
    log.close()
    const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
    const bytes = files.reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0)
    expect(files.length).toBeGreaterThan(2)
    expect(bytes).toBeLessThan(64 * 1024 * 1.2)
    const { holds, ends } = await verifyAudit(folder)
    expect(holds).toBe(true)
    expect(ends?.first.number).toBeGreaterThan(1_000)
    expect(ends?.last.number).toBeGreaterThan(2_000)
    const dropped = (await Array.fromAsync(auditLines(folder), String)).filter((line) =>
      line.includes('"kind":"dropped"'),
    )
    expect(dropped.length).toBeGreaterThan(0)
    rmSync(join(folder, files[0] ?? ''))
    expect((await found())[0]).toMatch(/^removed \d+-\d+$/)
  })

  it('refuses what comes while it cannot be written, and goes on whole when it can', async () => {
    let isFull = false
    const faults: unknown[] = []
    const log = open({
      onFault: (error) => faults.push(error),
      write: (file, bytes) => {
        if (!isFull) return writeAll(file, bytes)
        // Half of it finds room, and then none.
        if (bytes.length < 300) throw new Error('no space left')
        return writeAll(file, bytes.subarray(0, bytes.length - 200))
      },
    })
    append(log, 2)
    expect(log.flush()).toBe(true)
    isFull = true
    append(log, 3)
    expect(log.flush()).toBe(false)
    expect(log.fault?.message).toBe('no space left')
    expect(log.flush()).toBe(false)
    expect(faults).toHaveLength(1)
    expect(lines()).toHaveLength(2)
    isFull = false
    expect(log.flush()).toBe(true)
    expect(log.fault).toBeUndefined()
    log.close()
    expect(lines()).toHaveLength(5)
    expect(await found()).toEqual([])
  })
})

function writeAll(file: number, bytes: Uint8Array): number {
  appendFileSync(file, bytes)
  return bytes.length
}

describe('what was done to the log is found', () => {
  beforeEach(() => filled(9))

  it('when a record was changed', async () => {
    write(lines().with(4, line(4).replace('/v1/4', '/v1/0')))
    expect(await found()).toEqual(['changed 5'])
    const { findings } = await verifyAudit(folder)
    expect(findings[0]?.detail).toBe('Record 5 was changed.')
  })

  it('when the hash in a record was changed', async () => {
    write(lines().with(4, line(4).replace(/[0-9a-f]{64}/, '0'.repeat(64))))
    expect(await found()).toEqual(['changed 4-5'])
  })

  it('when the first one was changed', async () => {
    write(lines().with(0, line(0).replace('/v1/0', '/v1/1')))
    expect(await found()).toEqual(['changed 1'])
  })

  it('when the last one was changed, also after the daemon was started again', async () => {
    write(lines().with(8, line(8).replace('/v1/8', '/v1/1')))
    expect(await found()).toEqual(['changed 9'])
    filled(1)
    expect(await found()).toEqual(['changed 9'])
  })

  it('when a record is no record any more', async () => {
    write(lines().with(4, 'nothing happened'))
    expect(await found()).toEqual(['changed 5'])
  })

  it.each([
    [[4], ['removed 5']],
    [[4, 5], ['removed 5-6']],
    [[0], ['removed 1']],
    [
      [1, 6],
      ['removed 2', 'removed 7'],
    ],
  ])('when records were removed: %j', async (places, wanted) => {
    write(lines().filter((_, place) => !places.includes(place)))
    expect(await found()).toEqual(wanted)
  })

  it('when two records were exchanged', async () => {
    write(lines().with(4, line(5)).with(5, line(4)))
    expect(await found()).toEqual(['reordered 5'])
  })

  it('when a copy of a record was inserted', async () => {
    write(lines().toSpliced(6, 0, line(3)))
    expect(await found()).toEqual(['inserted 4'])
  })

  it('when a record was made and inserted with a hash that fits', async () => {
    const hash = createHash('sha256').update(line(4)).digest('hex')
    write(
      lines().toSpliced(
        5,
        0,
        line(5)
          .replace('/v1/5', '/v1/1')
          .replace(/[0-9a-f]{64}/, hash),
      ),
    )
    expect(await found()).toEqual(['inserted 6'])
  })

  it('when a line was inserted that is no record', async () => {
    write(lines().toSpliced(5, 0, '{}'))
    expect(await found()).toEqual(['inserted 6'])
  })

  it('when records were cut off at the end, also after the daemon was started again', async () => {
    write(lines().slice(0, 6))
    expect(await found()).toEqual(['cut-off 7-9'])
    filled(2)
    expect(await found()).toEqual(['cut-off 7-9'])
    expect(JSON.parse(line(6))).toMatchObject({ number: 10, kind: 'missing', from: 7, to: 9 })
  })

  it('when all records are gone', async () => {
    rmSync(join(folder, FILE))
    expect(await found()).toEqual(['cut-off 1-9'])
    filled(1)
    expect(await found()).toEqual(['cut-off 1-9'])
  })

  it('when records were put behind the end, or the noted end was removed', async () => {
    const hash = createHash('sha256').update(line(8)).digest('hex')
    const forged = line(8)
      .replace('"number":9', '"number":10')
      .replace(/[0-9a-f]{64}/, hash)
    write([...lines(), forged])
    filled(1)
    expect(await found()).toEqual(['unnoted 10'])
    rmSync(join(folder, 'head'))
    expect(await found()).toContain('unnoted 1-12')
  })

  it('by a hash that was noted elsewhere, when the end was cut off with what is noted of it', async () => {
    const head = (await verifyAudit(folder)).ends?.last.hash
    expect(await found(head)).toEqual([])
    const before = lines()
    const kept = createHash('sha256')
      .update(before[5] ?? '')
      .digest('hex')
    write(before.slice(0, 6))
    const noted = readFileSync(join(folder, 'head'), 'utf8')
    writeFileSync(
      join(folder, 'head'),
      noted.replace(/"last":\{[^}]*\}/, `"last":${JSON.stringify({ number: 6, hash: kept })}`),
    )
    expect(await found()).toEqual([])
    expect(await found(head)).toEqual(['head-not-found 7'])
  })
})

describe('pages of the log', () => {
  const numbers = (page: { readonly lines: readonly string[] }) =>
    page.lines.map((line) => Number(JSON.parse(line).number))

  it('go forwards, backwards and from a time on, over several files', async () => {
    let now = 0
    const log = open({ size: 16 * 1024, now: () => now })
    for (; now < 60_000; now += 1_000) {
      append(log, 1)
      await new Promise<void>((resolve) => log.whenWritten(resolve))
    }
    log.close()
    expect(readdirSync(folder).length).toBeGreaterThan(4)
    expect(numbers(recordsBehind(folder, 0, 60))).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
    expect(numbers(recordsBehind(folder, 30, 5))).toEqual([31, 32, 33, 34, 35])
    expect(recordsBehind(folder, 60, 5).lines).toEqual([])
    expect(numbers(recordsBefore(folder, 31, 20))).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 11),
    )
    expect(recordsBefore(folder, 31, 20).first).toBe(11)
    expect(numbers(recordsBehind(folder, 0, 2, 41_000))).toEqual([42, 43])
    expect(numbers(recordsBehind(folder, 50, 2, 41_000))).toEqual([51, 52])
  })
})
