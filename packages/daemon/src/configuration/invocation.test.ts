import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readInvocation } from './invocation.ts'

const defaults = {
  paths: {
    state: '/var/lib/chainmail',
    socket: '/run/chainmail/chainmail.sock',
    configuration: '/etc/chainmail',
  },
  https: {
    host: undefined,
    port: 7393,
    names: [],
    certificate: undefined,
    key: undefined,
    clientAuthority: undefined,
  },
  http: undefined,
  backend: undefined,
  logLevel: 'info',
  logRequests: 'changes',
  drift: 'repair',
  banIpv6Prefix: 128,
  allowByDefault: ['loopback', 'own-addresses', 'gateways', 'name-servers'],
  history: { revisions: 10_000, bytes: 64 * 1024 ** 2 },
  rfw: { nonRestful: false, defaultExpire: 86_400 },
}

function read(words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  return readInvocation(words, { system: true, home: '/root', environment })
}

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(read([])).toMatchObject({ kind: 'run', configuration: defaults, file: undefined })
  })

  it('takes flags before the environment', () => {
    const environment = { CHAINMAIL_PORT: '1', CHAINMAIL_BACKEND: 'nft', CHAINMAIL_LOG_LEVEL: 'warn' }
    expect(read(['--port', '2', '--backend=legacy'], environment)).toMatchObject({
      configuration: { http: { host: undefined, port: 2 }, backend: 'legacy', logLevel: 'warn' },
    })
  })

  it('takes an empty variable for none', () => {
    expect(read([], { CHAINMAIL_PORT: '' })).toMatchObject({ configuration: { http: undefined } })
  })

  it.each([
    [['--port', '65536'], '--port: "65536" is not a port from 0 to 65535.'],
    [['--port', '1e3'], '--port: "1e3" is not a port from 0 to 65535.'],
    [['--host', '0.0.0.0'], '--host: "0.0.0.0" is not a loopback address'],
    [['--host', '192.0.2.1'], '--host: "192.0.2.1" is not a loopback address'],
    [['--host', '::'], '--host: "::" is not a loopback address'],
    [['--https', 'yes'], '--https: "yes" is not true or false.'],
    [['--https-host', 'here'], '--https-host: "here" is not an IPv4 or IPv6 address.'],
    [['--https-host', 'fe80::1%eth0'], '--https-host: "fe80::1%eth0" is not'],
    [['--https-names', 'a,b_c'], '--https-names: "a,b_c" is not a list of host names and addresses'],
    [['--https-key', '/k.pem'], 'https.key: without https.certificate'],
    [['--backend', 'pf'], '--backend: "pf" is not one of nft, legacy.'],
    [['--log-level', 'loud'], '--log-level: "loud" is not one of'],
    [['--drift', 'cure'], '--drift: "cure" is not one of repair, report, ignore.'],
    [['--ban-ipv6-prefix', '0'], '--ban-ipv6-prefix: "0" is not a prefix length from 1 to 128.'],
    [
      ['--allow-by-default', 'loopback,neighbours'],
      '--allow-by-default: "loopback,neighbours" is not a list',
    ],
    [['--history-limit', '0'], '--history-limit: "0" is not a whole number from 1'],
    [['--prot', '1'], '--prot'],
    [['start'], 'start'],
    [['--rfw-default-expire', 'soon'], '--rfw-default-expire: "soon" is not a time span'],
    [['--rfw-non-restful', 'yes'], '--rfw-non-restful: "yes" is not true or false.'],
    [['--rfw-whitelist-file', '/nowhere'], '/nowhere'],
    [['--config', '/nowhere/chainmail.toml'], '--config: /nowhere/chainmail.toml cannot be read'],
  ])('refuses %j and names the flag', (words, sentence) => {
    expect(() => read(words)).toThrow(
      expect.objectContaining({ code: 'bad-setting', message: expect.stringContaining(sentence) }),
    )
  })

  it('names the variable that it refuses', () => {
    expect(() => read([], { CHAINMAIL_PORT: 'x' })).toThrow('CHAINMAIL_PORT: "x" is not a port')
  })

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('listens on %s', (host) => {
    expect(read(['--host', host]).kind).toBe('run')
  })

  it('opens plain HTTP where a port is given, and not where only an address is', () => {
    expect(read(['--host', '::1'])).toMatchObject({ configuration: { http: undefined } })
    expect(read(['--host', '::1', '--port', '0'])).toMatchObject({
      configuration: { http: { host: '::1', port: 0 } },
    })
  })

  it('says where HTTPS is answered, by which names and with which certificate', () => {
    const words = ['--https-names', 'FW.example.org,2001:DB8::1', '--https-certificate', '/c.pem']
    expect(read([...words, '--https-port', '443', '--https-host', '::'])).toMatchObject({
      configuration: {
        https: { host: '::', port: 443, names: ['fw.example.org', '2001:db8::1'], certificate: '/c.pem' },
      },
    })
    expect(read(['--https', 'false'])).toMatchObject({ configuration: { https: undefined } })
  })

  it.each([
    ['none', []],
    ['loopback', ['loopback']],
    ['gateways,loopback', ['gateways', 'loopback']],
  ])('allows %s by default', (text, allowByDefault) => {
    expect(read(['--allow-by-default', text])).toMatchObject({ configuration: { allowByDefault } })
  })
})

describe('the file of the configuration', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-configuration-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function write(text: string): string {
    const path = join(folder, 'chainmail.toml')
    writeFileSync(path, text)
    return path
  }

  it('stands before the defaults, and behind flags and the environment', () => {
    const path = write('[http]\nport = 1\nhost = "::1"\n[log]\nlevel = "warn"\n[history]\nsize = 8\n')
    expect(read(['--config', path, '--port', '3'], { CHAINMAIL_LOG_LEVEL: 'debug' })).toMatchObject({
      configuration: { http: { port: 3, host: '::1' }, logLevel: 'debug', history: { bytes: 8 * 1024 ** 2 } },
      file: path,
    })
  })

  it('is chainmail.toml in the folder of the configuration, if it is there', () => {
    const path = write('http.port = 5\n')
    expect(read(['--config-dir', folder])).toMatchObject({ configuration: { http: { port: 5 } }, file: path })
    expect(read([], { CHAINMAIL_CONFIG: path })).toMatchObject({ configuration: { http: { port: 5 } } })
    rmSync(path)
    expect(read(['--config-dir', folder])).toMatchObject({ configuration: { http: undefined } })
  })

  it('is refused as a whole, with a line for each mistake', () => {
    const path = write('[http]\nprot = 1\n[log]\nlevel = 3\n')
    expect(() => read(['--config', path])).toThrow(
      [
        `${path}:2:1: There is no setting http.prot: did you mean http.port?`,
        `${path}:4:9: log.level: 3 is not one of fatal, error, warn, info, debug, trace, silent.`,
      ].join('\n'),
    )
  })

  it('says where things are', () => {
    const path = write('[paths]\nstate = "/srv/state"\nsocket = "/srv/c.sock"\n')
    expect(read(['--config', path])).toMatchObject({
      configuration: { paths: { state: '/srv/state', socket: '/srv/c.sock' } },
    })
  })
})
