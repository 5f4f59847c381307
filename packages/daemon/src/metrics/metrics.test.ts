import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { ProblemError } from '../client.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'
import { isMetricName, metricDefinitions } from './definitions.ts'
import { type ReadMetric, readExposition } from './exposition-reader.ts'

const run = (program: string, ...words: string[]) => execFileSync(program, words, { encoding: 'utf8' })

describeOnKernel('what is to be seen of a daemon', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-metrics-'))
  let daemon: DaemonProcess

  beforeAll(async () => {
    daemon = await startProcess(folder, ['--drift', 'report', '--log-level', 'error'])
  })
  afterAll(async () => {
    await daemon.end('SIGTERM')
    rmSync(folder, { recursive: true })
  })

  const scrape = async (query = ''): Promise<ReadonlyMap<string, ReadMetric>> =>
    readExposition(await getText(join(folder, 'c.sock'), `/metrics${query}`))

  const sampleOf = (
    metrics: ReadonlyMap<string, ReadMetric>,
    name: string,
    labels: Readonly<Record<string, string>> = {},
  ): number | undefined =>
    metrics
      .get(name)
      ?.samples.find((sample) =>
        Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
      )?.value

  it('is told in the text format, with the labels that are written down, and within bounds', async () => {
    const text = await getText(join(folder, 'c.sock'), '/metrics?counters=rules,sets')
    const metrics = readExposition(text)
    expect([...metrics.keys()]).toEqual(Object.keys(metricDefinitions))
    for (const [name, { type, samples }] of metrics) {
      if (!isMetricName(name)) throw new Error(name)
      const { labels, type: written } = metricDefinitions[name]
      expect(type).toBe(written)
      for (const sample of samples)
        expect(Object.keys(sample.labels).filter((label) => label !== 'le')).toEqual(labels)
    }
    expect(text.length).toBeLessThan(100_000)
  })

  it('counts bans by who asks, requests by route, and commits', async () => {
    const before = await scrape()
    for (let host = 1; host <= 5; host++)
      await daemon.client.request('PUT', `/v1/bans/198.51.100.${host}`, {})
    await daemon.client.request('PUT', '/v1/bans/2001:db8::1', {})
    await daemon.client.request('DELETE', '/v1/bans/198.51.100.5')
    await expect(daemon.client.request('DELETE', '/v1/bans/198.51.100.5')).rejects.toThrow(ProblemError)
    const after = await scrape()
    const grown = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
      (sampleOf(after, name, labels) ?? 0) - (sampleOf(before, name, labels) ?? 0)
    expect(grown('chainmail_bans_total', { door: 'socket' })).toBe(6)
    expect(grown('chainmail_unbans_total', { door: 'socket' })).toBe(1)
    expect(grown('chainmail_revisions_total', { what: 'bans', door: 'socket' })).toBe(7)
    expect(grown('chainmail_revision')).toBe(7)
    const route = { route: '/v1/bans/:address' }
    expect(grown('chainmail_http_requests_total', { ...route, method: 'PUT', status: '200' })).toBe(6)
    expect(grown('chainmail_http_requests_total', { ...route, method: 'DELETE', status: '404' })).toBe(1)
    const commits = after.get('chainmail_kernel_commit_size')?.samples ?? []
    const count = commits.find(({ name, labels }) => name.endsWith('_count') && labels.kind === 'bans')
    expect(count?.value).toBeGreaterThanOrEqual(6)
    expect(sampleOf(after, 'chainmail_bans', { family: 'ipv4' })).toBe(4)
    expect(sampleOf(after, 'chainmail_bans', { family: 'ipv6' })).toBe(1)
  })

  it('tells how full sets are, as ipset does', async () => {
    run('ipset', 'create', 'customers', 'hash:ip', 'maxelem', '64')
    for (const host of [1, 2, 3]) run('ipset', 'add', 'customers', `192.0.2.${host}`)
    const metrics = await scrape()
    expect(sampleOf(metrics, 'chainmail_set_entries', { set: 'customers' })).toBe(3)
    expect(sampleOf(metrics, 'chainmail_set_entries_limit', { set: 'customers' })).toBe(64)
    const [, bytes] = /Size in memory: (\d+)/.exec(run('ipset', 'list', '-t', 'customers')) ?? []
    expect(sampleOf(metrics, 'chainmail_set_memory_bytes', { set: 'customers' })).toBe(Number(bytes))
    expect(sampleOf(metrics, 'chainmail_set_entries_desired', { set: 'customers' })).toBeUndefined()
    run('ipset', 'destroy', 'customers')
  })

  it('tells the packets that rules and sets have met, only when it is asked for', async () => {
    run('ip', 'link', 'set', 'lo', 'up')
    run(
      'iptables',
      '-A',
      'INPUT',
      '-d',
      '127.0.0.9',
      '-p',
      'udp',
      '-m',
      'comment',
      '--comment',
      'say "no"',
      '-j',
      'DROP',
    )
    await daemon.client.request('PUT', '/v1/bans/203.0.113.9', {})
    for (let packet = 0; packet < 3; packet++) run('bash', '-c', 'echo x > /dev/udp/127.0.0.9/9')
    expect((await scrape()).get('chainmail_rule_packets_total')?.samples).toEqual([])
    const metrics = await scrape('?counters=rules,sets')
    const labels = { chain: 'INPUT', target: 'DROP' }
    expect(sampleOf(metrics, 'chainmail_rule_packets_total', labels)).toBe(3)
    const [, packets, bytes] =
      /\[(\d+):(\d+)\] -A INPUT/.exec(run('iptables-save', '-c', '-t', 'filter')) ?? []
    expect([packets, bytes]).toEqual(['3', String(sampleOf(metrics, 'chainmail_rule_bytes_total', labels))])
    const rule = metrics
      .get('chainmail_rule_packets_total')
      ?.samples.find(({ labels: own }) => own.chain === 'INPUT')
    expect(rule?.labels.rule).toBe('-d 127.0.0.9/32 -p udp -m comment --comment "say \\"no\\"" -j DROP')
    expect(sampleOf(metrics, 'chainmail_set_packets', { set: 'chainmail-ban4' })).toBe(0)
    await expect(daemon.client.request('GET', '/v1/metrics?counters=all')).rejects.toMatchObject({
      code: 'bad-request',
    })
    run('iptables', '-F', 'INPUT')
  })

  it('shows sets and rules one by one up to a bound, and how many there are besides', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `s${index}`)
    run('bash', '-c', `printf 'create %s hash:ip\\n' ${names.join(' ')} | ipset restore`)
    const rules = Array.from(
      { length: 1_200 },
      (_, index) => `-A FORWARD -s 10.0.${index >> 8}.${index & 255} -j DROP`,
    )
    for (const part of [rules.slice(0, 600), rules.slice(600)])
      execFileSync('iptables-restore', ['--noflush'], { input: `*filter\n${part.join('\n')}\nCOMMIT\n` })
    const metrics = await scrape('?counters=rules')
    expect(metrics.get('chainmail_set_entries')?.samples.length).toBeLessThanOrEqual(200)
    expect(sampleOf(metrics, 'chainmail_set_entries', { set: 'chainmail-ban4' })).toBe(5)
    expect(sampleOf(metrics, 'chainmail_sets', { shown: 'no' })).toBe(52)
    expect(metrics.get('chainmail_rule_packets_total')?.samples).toHaveLength(1_000)
    expect(sampleOf(metrics, 'chainmail_rules', { shown: 'no' })).toBe(202)
    run('iptables', '-F', 'FORWARD')
    for (const name of names) run('ipset', 'destroy', name)
  })

  it('shows that the kernel has fewer entries than it should, and is not ready then', async () => {
    expect(await daemon.client.request('GET', '/v1/ready')).toEqual({
      checks: ['restored', 'kernel', 'store', 'desired'].map((name) => ({ name, ok: true })),
    })
    run('ipset', 'del', 'chainmail-ban4', '198.51.100.2')
    const metrics = await scrape()
    expect(sampleOf(metrics, 'chainmail_set_entries', { set: 'chainmail-ban4' })).toBe(4)
    expect(sampleOf(metrics, 'chainmail_set_entries_desired', { set: 'chainmail-ban4' })).toBe(5)
    await expect
      .poll(() => refusalOf(daemon.client.request('GET', '/v1/ready')), { timeout: 10_000 })
      .toMatchObject({
        code: 'not-ready',
        status: 503,
        detail: expect.stringMatching(/^(The kernel lacks entries: chainmail-ban4|Not what they should be)/),
      })
    run('iptables', '-t', 'raw', '-F')
    await expect
      .poll(async () => sampleOf(await scrape(), 'chainmail_drift_unrepaired', { part: 'bans' }), {
        timeout: 10_000,
      })
      .toBe(1)
    // Alive it is all the same.
    expect(await daemon.client.request('GET', '/v1/health')).toEqual({ alive: true })
    const status = await daemon.client.request('GET', '/v1/status')
    expect(status).toMatchObject({
      drift: { unrepaired: ['bans'] },
      checks: expect.arrayContaining([expect.objectContaining({ name: 'desired', ok: false })]),
    })
  })
})

async function refusalOf(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked
  } catch (error) {
    return error instanceof ProblemError ? error.problem : error
  }
}

function getText(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, headers: { host: 'localhost' } }, async (response) => {
      expect(response.statusCode).toBe(200)
      expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
      let text = ''
      for await (const chunk of response.setEncoding('utf8')) text += chunk
      resolve(text)
    })
    sent.on('error', reject)
    sent.end()
  })
}
