import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import type { Backend } from '@chainmail/kernel'
import { DaemonError } from './errors.ts'
import { findPaths, type Paths, type PathsContext } from './paths.ts'
import { type RfwSettings, readSettings } from './rfw/settings.ts'

/** What a daemon is told when it starts: flags before environment before defaults. */
export interface Configuration {
  readonly paths: Paths
  /** A loopback address; undefined for 127.0.0.1 and, where there is one, ::1. */
  readonly host: string | undefined
  /** 0 for a free one. */
  readonly port: number
  /** undefined for the one that this host uses. */
  readonly backend: Backend | undefined
  readonly logLevel: LogLevel
  readonly rfw: RfwSettings
}

/** What the words of the command line ask for. */
export type Invocation =
  | { readonly kind: 'run'; readonly configuration: Configuration }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** rfw's port. */
const DEFAULT_PORT = 7390

interface Setting {
  readonly environment: string
  /** What stands for the value in the help. */
  readonly value: string
  readonly about: string
}

const settings = {
  'state-dir': {
    environment: 'CHAINMAIL_STATE_DIR',
    value: 'FOLDER',
    about: 'where the store is (root: /var/lib/chainmail; others: $XDG_STATE_HOME/chainmail)',
  },
  socket: {
    environment: 'CHAINMAIL_SOCKET',
    value: 'PATH',
    about:
      'the unix socket (root: /run/chainmail/chainmail.sock; others: $XDG_RUNTIME_DIR/chainmail/chainmail.sock)',
  },
  'config-dir': {
    environment: 'CHAINMAIL_CONFIG_DIR',
    value: 'FOLDER',
    about: 'where configuration files are (root: /etc/chainmail; others: $XDG_CONFIG_HOME/chainmail)',
  },
  host: {
    environment: 'CHAINMAIL_HOST',
    value: 'ADDRESS',
    about: 'the loopback address to listen on (127.0.0.1 and ::1)',
  },
  port: {
    environment: 'CHAINMAIL_PORT',
    value: 'NUMBER',
    about: `the port to listen on, 0 for a free one (${DEFAULT_PORT})`,
  },
  backend: {
    environment: 'CHAINMAIL_BACKEND',
    value: 'nft|legacy',
    about: 'the iptables backend (the one that this host uses)',
  },
  'log-level': {
    environment: 'CHAINMAIL_LOG_LEVEL',
    value: logLevels.join('|'),
    about: 'what is logged on standard error (info)',
  },
  'rfw-default-expire': {
    environment: 'CHAINMAIL_RFW_DEFAULT_EXPIRE',
    value: 'SPAN',
    about: 'how long what the rfw protocol asks for lasts where a request does not say, 0 for ever (24h)',
  },
  'rfw-non-restful': {
    environment: 'CHAINMAIL_RFW_NON_RESTFUL',
    value: 'true|false',
    about: 'whether the rfw protocol may change rules by GET (false)',
  },
  'rfw-whitelist-file': {
    environment: 'CHAINMAIL_RFW_WHITELIST_FILE',
    value: 'PATH',
    about: 'a file of addresses and ranges, one a line, that the rfw protocol may not touch (none)',
  },
} as const satisfies Record<string, Setting>

type SettingName = keyof typeof settings

/**
 * @param words the command line behind the program's name
 * @throws DaemonError `bad-setting`
 */
export function readInvocation(words: readonly string[], context?: PathsContext): Invocation {
  const flags = readFlags(words)
  if (flags.get('help')) return { kind: 'help' }
  if (flags.get('version')) return { kind: 'version' }
  const environment = context?.environment ?? process.env
  const given = (name: SettingName): Given | undefined => {
    const flag = flags.get(name)
    if (typeof flag === 'string') return { value: flag, source: `--${name}` }
    const value = environment[settings[name].environment]
    return value === undefined || value === '' ? undefined : { value, source: settings[name].environment }
  }
  const overrides = { state: given('state-dir'), socket: given('socket'), configuration: given('config-dir') }
  return {
    kind: 'run',
    configuration: {
      paths: findPaths(
        {
          ...(overrides.state && { state: overrides.state.value }),
          ...(overrides.socket && { socket: overrides.socket.value }),
          ...(overrides.configuration && { configuration: overrides.configuration.value }),
        },
        context,
      ),
      host: readHost(given('host')),
      port: readPort(given('port')),
      backend: oneOf(given('backend'), ['nft', 'legacy']),
      logLevel: oneOf(given('log-level'), logLevels) ?? 'info',
      rfw: readSettings({
        nonRestful: given('rfw-non-restful')?.value,
        defaultExpire: given('rfw-default-expire')?.value,
        whitelistFile: given('rfw-whitelist-file')?.value,
      }),
    },
  }
}

/** The help of the daemon's program. */
export function configurationHelp(): string {
  const lines = Object.entries(settings).map(
    ([name, { value, environment, about }]) => `  --${name} ${value}\n      ${about}; or ${environment}`,
  )
  return [
    'The chainmail daemon: REST for the firewall of this network namespace, on loopback and on a unix socket.',
    '',
    'Options, each with its default and the environment variable that also sets it:',
    ...lines,
    '  --help, --version',
    '',
  ].join('\n')
}

/** A value, and where it was given. */
interface Given {
  readonly value: string
  readonly source: string
}

function readFlags(words: readonly string[]): Map<string, string | boolean> {
  const options: Record<string, { type: 'string' | 'boolean' }> = {
    help: { type: 'boolean' },
    version: { type: 'boolean' },
  }
  for (const name of Object.keys(settings)) options[name] = { type: 'string' }
  try {
    const { values } = parseArgs({ args: [...words], options, strict: true, allowPositionals: false })
    return new Map(
      Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    )
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new DaemonError('bad-setting', `${words} (--help tells the options)`, error)
  }
}

function readPort(given: Given | undefined): number {
  if (given === undefined) return DEFAULT_PORT
  const port = /^\d{1,5}$/.test(given.value) ? Number(given.value) : Number.NaN
  if (port <= 65_535) return port
  throw badSetting(given, 'a port from 0 to 65535')
}

function readHost(given: Given | undefined): string | undefined {
  if (given === undefined) return undefined
  if (given.value === 'localhost') return '127.0.0.1'
  if (given.value === '::1' || (isIP(given.value) === 4 && given.value.startsWith('127.'))) return given.value
  throw badSetting(given, 'a loopback address: without authentication the daemon listens nowhere else')
}

function oneOf<const Choice extends string>(
  given: Given | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (given === undefined) return undefined
  const choice = choices.find((name) => name === given.value)
  if (choice !== undefined) return choice
  throw badSetting(given, `one of ${choices.join(', ')}`)
}

function badSetting({ value, source }: Given, wanted: string): DaemonError {
  return new DaemonError('bad-setting', `${source}: ${JSON.stringify(value)} is not ${wanted}.`)
}
