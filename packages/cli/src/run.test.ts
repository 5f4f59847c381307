import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from './run.ts'
import { width } from './terminal/text.ts'

const hostile = 'a\u001b]0;owned\u0007 \u202e\nb'

/** What a daemon might answer; each route's status and body. */
const answers: Readonly<Record<string, readonly [status: number, body: unknown]>> = {
  'PUT /v1/bans/198.51.100.7': [
    200,
    { address: '198.51.100.7', family: 'ipv4', expiresIn: 600, reason: hostile, who: 'socket' },
  ],
  'PUT /v1/bans/203.0.113.0%2F24': [200, { address: '203.0.113.0/24', family: 'ipv4', who: 'socket' }],
  'PUT /v1/bans/nonsense': [
    400,
    {
      type: '/v1/problems/bad-address',
      title: 'Bad.',
      status: 400,
      code: 'bad-address',
      detail: '"nonsense" is not an address.',
    },
  ],
  'DELETE /v1/bans/198.51.100.7': [204, undefined],
  'DELETE /v1/bans/192.0.2.1': [
    404,
    {
      type: '/v1/problems/not-banned',
      title: 'No such ban.',
      status: 404,
      code: 'not-banned',
      detail: '192.0.2.1 is not banned.',
    },
  ],
  'DELETE /v1/bans/192.0.2.2': [
    503,
    {
      type: '/v1/problems/not-permitted',
      title: 'No.',
      status: 503,
      code: 'not-permitted',
      detail: 'The daemon lacks CAP_NET_ADMIN.',
    },
  ],
  'GET /v1/bans': [
    200,
    {
      bans: [
        {
          address: '198.51.100.7',
          family: 'ipv4',
          expiresIn: 598,
          reason: hostile,
          who: 'socket',
          packets: 1234,
          bytes: '18446744073709551615',
          later: true,
        },
        { address: '2001:db8::/32', family: 'ipv6', packets: 0, bytes: 0 },
      ],
    },
  ],
  'GET /v1/tables?family=ipv4': [
    200,
    {
      tables: [
        {
          name: 'filter',
          family: 'ipv4',
          chains: [
            {
              name: 'INPUT',
              policy: 'ACCEPT',
              counters: { packets: 1200, bytes: 96_000 },
              rules: [
                {
                  number: 1,
                  text: '-p tcp -m tcp --dport 22 -j ACCEPT',
                  counters: { packets: 3, bytes: 180 },
                },
              ],
            },
            { name: 'mine', counters: { packets: 0, bytes: 0 }, rules: [] },
          ],
        },
      ],
    },
  ],
  'GET /v1/tables/raw/chains/PREROUTING?family=ipv6': [
    200,
    {
      name: 'PREROUTING',
      policy: 'ACCEPT',
      counters: { packets: 5, bytes: 500 },
      rules: [
        {
          number: 1,
          text: '-m set --match-set chainmail-ban6 src -m comment --comment chainmail -j DROP',
          matches: { set: {}, comment: { comment: 'chainmail' } },
          counters: { packets: 9, bytes: 720 },
        },
        {
          number: 2,
          text: `-m comment --comment "${hostile}" -j ACCEPT`,
          matches: { comment: { comment: hostile } },
          counters: { packets: 0, bytes: 0 },
        },
      ],
    },
  ],
  'GET /v1/tables/filter/chains/x?family=ipv4': [200, ['not', 'a chain']],
  'GET /v1/status': [
    200,
    {
      version: '1.2.3',
      uptime: 90_000,
      kernel: '6.18.0',
      backend: 'nft',
      iptables: '1.8.9',
      mixed: true,
      report: 'Rules of both backends are in force.',
      bans: 2,
    },
  ],
}

const counters = { packets: 0, bytes: 0 }
const hostileChain = { name: hostile, policy: hostile, counters, rules: [{ text: hostile, counters }] }
/** An answer to every question at once. */
const hostileAnswer = {
  ...hostileChain,
  ...counters,
  address: hostile,
  reason: hostile,
  who: hostile,
  version: hostile,
  uptime: 0,
  kernel: hostile,
  backend: hostile,
  iptables: hostile,
  mixed: false,
  report: hostile,
  bans: 0,
  tables: [{ name: 'filter', chains: [hostileChain] }],
}
const hostileList = { bans: [hostileAnswer] }

const bodies: unknown[] = []

function serve(answer: (method: string, url: string) => readonly [status: number, body: unknown]): Server {
  return createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    if (body !== '') bodies.push(JSON.parse(body))
    const [status, document] = answer(request.method ?? '', request.url ?? '')
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(document === undefined ? '' : JSON.stringify(document))
  })
}

const folder = mkdtempSync(join(tmpdir(), 'chainmail-command-'))
const socket = join(folder, 'daemon.sock')
const hostileSocket = join(folder, 'hostile.sock')
const daemon = serve((method, url) => answers[`${method} ${url}`] ?? [500, { url }])
const hostileDaemon = serve((_method, url) => [200, url === '/v1/bans' ? hostileList : hostileAnswer])

beforeAll(async () => {
  await once(daemon.listen(socket), 'listening')
  await once(hostileDaemon.listen(hostileSocket), 'listening')
})
afterAll(async () => {
  await Promise.all([daemon[Symbol.asyncDispose](), hostileDaemon[Symbol.asyncDispose]()])
  rmSync(folder, { recursive: true })
})

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function* nothing(): AsyncGenerator<never> {}

async function chainmail(
  words: readonly string[],
  columns?: number,
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  const terminal = columns === undefined ? {} : { isTTY: true, columns }
  const code = await run(words, {
    stdin: nothing(),
    stdout: {
      write: (text) => {
        stdout += text
      },
      ...terminal,
    },
    stderr: {
      write: (text) => {
        stderr += text
      },
      ...terminal,
    },
    environment: { CHAINMAIL_SOCKET: socket, ...environment },
  })
  return { code, stdout, stderr }
}

const ask = (...words: string[]): Promise<Ended> => chainmail([...words, '--socket', socket])

describe('ban', () => {
  test('asks the daemon and says what holds now', async () => {
    bodies.length = 0
    expect(await ask('ban', '198.51.100.7', '--for', '10m', '--reason', 'brute force')).toEqual({
      code: 0,
      stdout: '198.51.100.7 is banned for 10m (a\\x1b]0;owned\\x07 \\u{202e}\\nb).\n',
      stderr: '',
    })
    expect(bodies).toEqual([{ for: '10m', reason: 'brute force' }])
  })

  test('takes a network, and bans for ever unless told otherwise', async () => {
    const { stdout } = await ask('ban', '203.0.113.0/24')
    expect(stdout).toBe('203.0.113.0/24 is banned until it is taken back.\n')
  })

  test('tells with exit code 2 that an address cannot be read', async () => {
    expect(await ask('ban', 'nonsense')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'chainmail: "nonsense" is not an address.\n',
    })
  })
})

describe('unban', () => {
  test('says what holds now', async () => {
    expect(await ask('unban', '198.51.100.7')).toEqual({
      code: 0,
      stdout: '198.51.100.7 is no longer banned.\n',
      stderr: '',
    })
  })

  test('tells with exit code 1 that there is no such ban', async () => {
    expect(await ask('unban', '192.0.2.1')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'chainmail: 192.0.2.1 is not banned.\n',
    })
  })

  test('tells with exit code 4 that it is not permitted', async () => {
    expect((await ask('unban', '192.0.2.2')).code).toBe(4)
  })

  test('prints errors with --json as the problem document on stderr', async () => {
    const { code, stdout, stderr } = await ask('unban', '192.0.2.1', '--json')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(JSON.parse(stderr)).toEqual(answers['DELETE /v1/bans/192.0.2.1']?.[1])
  })
})

describe('bans', () => {
  test('into a pipe are whole and plain', async () => {
    expect((await ask('bans')).stdout).toBe(
      [
        'ADDRESS        LEFT      PACKETS  BYTES  BY      REASON',
        '198.51.100.7   9m 58s      1.2 k  18 EB  socket  a\\x1b]0;owned\\x07 \\u{202e}\\nb',
        '2001:db8::/32  for ever        0    0 B',
        '',
      ].join('\n'),
    )
  })

  test('on a terminal fit it', async () => {
    for (const columns of [20, 40, 60, 100]) {
      const { stdout } = await chainmail(['bans', '--socket', socket], columns, { NO_COLOR: '1' })
      for (const line of stdout.split('\n')) expect(width(line)).toBeLessThanOrEqual(columns)
    }
  })

  test('with --json are the daemon’s document, exact and whole', async () => {
    const { stdout } = await ask('bans', '--json')
    expect(JSON.parse(stdout)).toEqual(answers['GET /v1/bans']?.[1])
    expect(stdout).not.toContain('\u202e')
  })
})

describe('rules', () => {
  test('show every chain of a table', async () => {
    expect((await ask('rules')).stdout).toBe(
      [
        'INPUT  policy ACCEPT, 1.2 k packets, 96 kB, 1 rule',
        '#  PACKETS  BYTES  RULE',
        '1        3  180 B  -p tcp -m tcp --dport 22 -j ACCEPT',
        '',
        'mine  no rules',
        '',
      ].join('\n'),
    )
  })

  test('mark what chainmail made', async () => {
    expect((await ask('rules', 'PREROUTING', '--table', 'raw', '-f', 'ipv6')).stdout).toBe(
      [
        'PREROUTING  policy ACCEPT, 5 packets, 500 B, 2 rules',
        '   #  PACKETS  BYTES  RULE',
        '*  1        9  720 B  -m set --match-set chainmail-ban6 src -m comment --comment chainmail -j DROP',
        '   2        0    0 B  -m comment --comment "a\\x1b]0;owned\\x07 \\u{202e}\\nb" -j ACCEPT',
        '',
        '* made by chainmail',
        '',
      ].join('\n'),
    )
  })

  test('of a table that nothing uses are none', async () => {
    expect((await ask('rules', '--table', 'nat')).stdout).toMatch(/^The table nat of ipv4 has no chains/)
  })

  test('that are none tell which part of the answer cannot be read', async () => {
    const { code, stderr } = await ask('rules', 'x')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^chainmail: The daemon's answer cannot be read: chain is not an object\./)
  })
})

describe('status', () => {
  test('tells of a daemon that is well by its exit code, and of an older one what it says', async () => {
    expect(await ask('status')).toMatchObject({ code: 0, stderr: '' })
    expect((await ask('status')).stdout).toBe(
      [
        'daemon    version 1.2.3, up 1d 1h',
        `socket    ${socket}`,
        'kernel    Linux 6.18.0',
        'iptables  1.8.9, nft backend',
        'host      Rules of both backends are in force.',
        'bans      2',
        '',
      ].join('\n'),
    )
  })
})

describe('every command', () => {
  test('tells with exit code 3 how to start a daemon when there is none', async () => {
    const { code, stdout, stderr } = await chainmail(['status', '--socket', join(folder, 'none.sock')])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/^chainmail: No daemon answers on .*none\.sock/)
    expect(stderr).toContain('npm start')
  })

  test('tells with exit code 2 and a suggestion of a mistyped word', async () => {
    expect(await chainmail(['bnas'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'chainmail: There is no command "bnas".\nDid you mean: chainmail bans\n',
    })
  })

  test('tells of wrong usage in JSON when that was asked for', async () => {
    const { code, stderr } = await chainmail(['bnas', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stderr)).toMatchObject({ code: 'usage', detail: 'There is no command "bnas".' })
  })

  test('never sends a typed escape sequence back to the terminal', async () => {
    const { stderr } = await chainmail(['\u001b[2J\u009b', `--\u001b]0;x\u0007`], 80, { NO_COLOR: '1' })
    expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{C}/u)
  })

  test.each([['ban', 'x'], ['unban', hostile], ['bans'], ['rules'], ['rules', 'x'], ['status']])(
    'shows nothing raw of a daemon whose every word is hostile: %s',
    async (...words) => {
      const { code, stdout } = await chainmail([...words, '--socket', hostileSocket], 80, { NO_COLOR: '1' })
      expect(code).toBe(0)
      expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{C}/u)
    },
  )

  test('colours a terminal only', async () => {
    expect((await chainmail(['bans', '--socket', socket], 80)).stdout).toContain('\u001b[1m')
    expect((await chainmail(['bans', '--socket', socket])).stdout).not.toContain('\u001b')
  })

  test('without words shows the help, on stderr and with exit code 2', async () => {
    const { code, stdout, stderr } = await chainmail([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Commands:')
  })
})
