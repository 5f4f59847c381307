import { describe, expect, it } from 'vitest'
import { configurationHelp, readInvocation } from './configuration.ts'

function read(words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  return readInvocation(words, { system: true, home: '/root', environment })
}

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(read([])).toEqual({
      kind: 'run',
      configuration: {
        paths: {
          state: '/var/lib/chainmail',
          socket: '/run/chainmail/chainmail.sock',
          configuration: '/etc/chainmail',
        },
        host: undefined,
        port: 7390,
        backend: undefined,
        logLevel: 'info',
        rfw: { nonRestful: false, defaultExpire: 86_400 },
      },
    })
  })

  it('takes flags before the environment', () => {
    const environment = { CHAINMAIL_PORT: '1', CHAINMAIL_BACKEND: 'nft', CHAINMAIL_LOG_LEVEL: 'warn' }
    expect(read(['--port', '2', '--backend=legacy'], environment)).toMatchObject({
      configuration: { port: 2, backend: 'legacy', logLevel: 'warn' },
    })
  })

  it('takes an empty variable for none', () => {
    expect(read([], { CHAINMAIL_PORT: '' })).toMatchObject({ configuration: { port: 7390 } })
  })

  it.each([
    [['--port', '65536'], '--port: "65536" is not a port from 0 to 65535.'],
    [['--port', '1e3'], '--port: "1e3" is not a port from 0 to 65535.'],
    [['--host', '0.0.0.0'], '--host: "0.0.0.0" is not a loopback address'],
    [['--host', '192.0.2.1'], '--host: "192.0.2.1" is not a loopback address'],
    [['--host', '::'], '--host: "::" is not a loopback address'],
    [['--backend', 'pf'], '--backend: "pf" is not one of nft, legacy.'],
    [['--log-level', 'loud'], '--log-level: "loud" is not one of'],
    [['--prot', '1'], '--prot'],
    [['start'], 'start'],
    [['--rfw-default-expire', 'soon'], '"soon" is not a time span'],
    [['--rfw-non-restful', 'yes'], '"yes" is neither true nor false'],
    [['--rfw-whitelist-file', '/nowhere'], '/nowhere'],
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

  it('is described, flag by flag and variable by variable, in the help', () => {
    expect(read(['--help']).kind).toBe('help')
    expect(read(['--version']).kind).toBe('version')
    const help = configurationHelp()
    for (const word of [
      'state-dir',
      'socket',
      'config-dir',
      'host',
      'port',
      'backend',
      'log-level',
      'rfw-default-expire',
      'rfw-non-restful',
      'rfw-whitelist-file',
    ]) {
      expect(help).toContain(`--${word} `)
      expect(help).toContain(`CHAINMAIL_${word.replaceAll('-', '_').toUpperCase()}`)
    }
  })
})
