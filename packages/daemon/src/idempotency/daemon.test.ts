import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'

interface Answer {
  readonly status: number | undefined
  readonly replayed: boolean
  readonly body: string
}

describeOnKernel('a request with an Idempotency-Key', () => {
  let folder = ''
  let daemon: DaemonProcess

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-idempotency-'))
    daemon = await start()
  })
  afterEach(async () => {
    if (daemon.child.exitCode === null) await daemon.end('SIGKILL')
    for (const command of ['iptables', 'ip6tables']) await runCommand(command, ['-t', 'raw', '-F'])
    await runCommand('iptables', ['-F'])
    await runCommand('ipset', ['destroy'])
    rmSync(folder, { recursive: true })
  })

  function start(): Promise<DaemonProcess> {
    return startProcess(folder, [], undefined, { checked: false })
  }

  /** Appends a rule. */
  const append = (key: string, port: number): Promise<Answer> =>
    post(key, '/v1/tables/filter/chains/INPUT/rules', { rule: `-p tcp --dport ${port} -j DROP` })

  async function post(key: string, path: string, body: unknown): Promise<Answer> {
    const sent = httpRequest({
      socketPath: join(folder, 'c.sock'),
      method: 'POST',
      path,
      headers: { host: 'localhost', 'content-type': 'application/json', 'idempotency-key': key },
    })
    sent.end(JSON.stringify(body))
    const [response]: IncomingMessage[] = await once(sent, 'response')
    if (response === undefined) throw new Error('no answer')
    const { statusCode: status, headers } = response
    return { status, replayed: headers['idempotency-replayed'] === 'true', body: await text(response) }
  }

  async function rules(): Promise<string[]> {
    const { stdout } = await runCommand('iptables-save', ['-t', 'filter'])
    return stdout.split('\n').filter((line) => line.startsWith('-A'))
  }

  it('does nothing again of which a part was done when the rest was refused', async () => {
    const sources = ['192.0.2.1', '192.0.2.2', '198.51.100.0/24']
    const script = {
      calls: sources.map((source) => ({
        program: 'iptables',
        arguments: ['-A', 'INPUT', '-s', source, '-j', 'DROP'],
      })),
    }
    const run = () => post('"script"', '/v1/programs?sender=198.51.100.7', script)
    const first = await run()
    expect(first).toMatchObject({ status: 409, body: expect.stringContaining('would-lock-out') })
    expect(await rules()).toHaveLength(2)
    expect(await run()).toEqual({ ...first, replayed: true })
    expect(await rules()).toHaveLength(2)
  })

  it('adds no rule twice, whenever the daemon is killed, and is answered alike by the next one', async () => {
    const first = await append('"a"', 1)
    expect(first).toMatchObject({ status: 201, replayed: false })
    for (const enough of [1, 10]) {
      const ports = Array.from({ length: 30 }, (_, index) => 100 * enough + index)
      let answered = 0
      const requests = ports.map(async (port) => {
        const answer = await append(`"${port}"`, port).catch(() => undefined)
        if (answer !== undefined) answered++
        return answer
      })
      await expect.poll(() => answered, { interval: 1, timeout: 20_000 }).toBeGreaterThanOrEqual(enough)
      await daemon.end('SIGKILL')
      const before = await Promise.all(requests)
      daemon = await start()
      for (const [index, port] of ports.entries()) {
        const answer = await append(`"${port}"`, port)
        const earlier = before[index]
        // One that was answered is answered alike; one that was not is done now, was done, or is not known of.
        if (earlier !== undefined) expect(answer).toEqual({ ...earlier, replayed: true })
        else if (answer.status !== 201) expect(answer.body).toContain('idempotency-answer-lost')
      }
    }
    expect(await append('"a"', 1)).toEqual({ ...first, replayed: true })
    const all = await rules()
    expect(all.filter((rule) => rule.includes('--dport 1 '))).toHaveLength(1)
    expect(new Set(all).size).toBe(all.length)
  }, 120_000)
})
