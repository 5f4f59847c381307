import { backends } from '@chainmail/kernel'
import { allowedByDefault, driftHandlings } from 'chainmail'
import { defaultLimit } from '../history/revision-store.ts'
import { defaultSettings as rfwDefaults } from '../rfw/settings.ts'
import { choice, choices, flag, type Kind, loopback, path, port, span, wholeNumber } from './kinds.ts'

/**
 * A setting as data. The flag, the variable of the environment, the key of the file, the help, the sample of the file
 * and the checks are all made from it.
 *
 * @typeParam Default undefined where the default depends on the host
 */
export interface Setting<Value, Default extends Value | undefined> {
  /** In the file: its section and its name. */
  readonly key: `${string}.${string}`
  /** On the command line, without the dashes. */
  readonly flag: string
  readonly kind: Kind<Value>
  readonly default: Default
  /** What the default is, in words, where it depends on the host. */
  readonly otherwise?: string
  /** A value for the sample, where there is no default to show. */
  readonly example?: Value
  /** One sentence without its full stop. */
  readonly about: string
  /** Whether SIGHUP puts a new value into force; otherwise it takes a restart. */
  readonly reloads: boolean
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

const mebibyte = 1024 ** 2

/** Which file is read. They stand on the command line and in the environment only. */
export const fileSettings = {
  file: {
    flag: 'config',
    placeholder: 'FILE',
    about: 'the configuration file (chainmail.toml in the folder of --config-dir, if it is there)',
  },
  folder: {
    flag: 'config-dir',
    placeholder: 'FOLDER',
    about: 'where configuration files are (root: /etc/chainmail; others: $XDG_CONFIG_HOME/chainmail)',
  },
} as const

/** In the order of the help and of the sample. */
export const settings = {
  state: ofHost({
    key: 'paths.state',
    flag: 'state-dir',
    kind: path('FOLDER'),
    otherwise: 'root: /var/lib/chainmail; others: $XDG_STATE_HOME/chainmail',
    example: '/var/lib/chainmail',
    about: 'The folder of the store: bans, history, what is to be there after a restart',
    reloads: false,
  }),
  socket: ofHost({
    key: 'paths.socket',
    flag: 'socket',
    kind: path('PATH'),
    otherwise: 'root: /run/chainmail/chainmail.sock; others: $XDG_RUNTIME_DIR/chainmail/chainmail.sock',
    example: '/run/chainmail/chainmail.sock',
    about: 'The unix socket, for the owner and the group of the daemon',
    reloads: false,
  }),
  host: ofHost({
    key: 'http.host',
    flag: 'host',
    kind: loopback,
    otherwise: '127.0.0.1 and ::1',
    example: '127.0.0.1',
    about: 'The loopback address to listen on',
    reloads: false,
  }),
  port: fixed({
    key: 'http.port',
    flag: 'port',
    kind: port,
    // rfw's.
    default: 7390,
    about: 'The port to listen on, 0 for a free one',
    reloads: false,
  }),
  logLevel: fixed({
    key: 'log.level',
    flag: 'log-level',
    kind: choice(logLevels),
    default: 'info',
    about: 'What is logged on standard error: this and what is worse',
    reloads: true,
  }),
  backend: ofHost({
    key: 'firewall.backend',
    flag: 'backend',
    kind: choice(backends),
    otherwise: 'the one that this host uses',
    example: 'nft',
    about: 'The backend of iptables',
    reloads: false,
  }),
  drift: fixed({
    key: 'firewall.drift',
    flag: 'drift',
    kind: choice(driftHandlings),
    default: 'repair',
    about: 'What is done when others change what chainmail owns',
    reloads: true,
  }),
  banIpv6Prefix: fixed({
    key: 'bans.ipv6-prefix',
    flag: 'ban-ipv6-prefix',
    kind: wholeNumber({ from: 1, to: 128, placeholder: 'LENGTH', what: 'a prefix length' }),
    default: 128,
    about: 'A ban of a single IPv6 address is one of the network of this length around it, such as 64',
    reloads: true,
  }),
  allowByDefault: fixed({
    key: 'bans.allow-by-default',
    flag: 'allow-by-default',
    kind: choices(allowedByDefault),
    default: allowedByDefault,
    about: 'What of this host and its surroundings nothing may ban without being asked',
    reloads: false,
  }),
  historyLimit: fixed({
    key: 'history.limit',
    flag: 'history-limit',
    kind: wholeNumber({ from: 1, to: 999_999_999, placeholder: 'COUNT', what: 'a whole number' }),
    default: defaultLimit.revisions,
    about: 'How many revisions are kept',
    reloads: false,
  }),
  historySize: fixed({
    key: 'history.size',
    flag: 'history-size',
    kind: wholeNumber({ from: 1, to: 1_048_576, placeholder: 'MEBIBYTES', what: 'a number of mebibytes' }),
    default: defaultLimit.bytes / mebibyte,
    about: 'How many mebibytes the operations of all revisions may take',
    reloads: false,
  }),
  rfwDefaultExpire: fixed({
    key: 'rfw.default-expire',
    flag: 'rfw-default-expire',
    kind: span,
    default: rfwDefaults.defaultExpire,
    about: 'How long what the rfw protocol asks for lasts where a request does not say, 0 for ever',
    reloads: true,
  }),
  rfwNonRestful: fixed({
    key: 'rfw.non-restful',
    flag: 'rfw-non-restful',
    kind: flag,
    default: rfwDefaults.nonRestful,
    about: 'Whether the rfw protocol may change rules by GET',
    reloads: true,
  }),
  rfwWhitelistFile: ofHost({
    key: 'rfw.whitelist-file',
    flag: 'rfw-whitelist-file',
    kind: path('PATH'),
    otherwise: 'none',
    example: '/etc/chainmail/white.list',
    about:
      'A file of addresses and ranges, one a line, that the rfw protocol may not touch; SIGHUP reads it anew',
    reloads: true,
  }),
} as const

/** Any of them, where its value does not matter. */
export type AnySetting = Setting<unknown, unknown>

export const allSettings: readonly AnySetting[] = Object.values(settings)

/** What a section of the file is about; its title in the sample. */
export const sections = {
  paths: 'Where things are',
  http: 'The plain HTTP door, without authentication and on loopback only',
  log: 'The log',
  firewall: 'The firewall itself',
  bans: 'Bans',
  history: 'The history of changes, which can be undone',
  rfw: "rfw's protocol",
} as const satisfies Record<string, string>

/** The variable of the environment that says what the flag says. */
export function variableOf(flag: string): string {
  return `CHAINMAIL_${flag.replaceAll('-', '_').toUpperCase()}`
}

function fixed<const Value>(one: Setting<Value, Value>): Setting<Value, Value> {
  return one
}

/** A setting whose default depends on the host. */
function ofHost<const Value>(
  one: Omit<Setting<Value, undefined>, 'default'> & { readonly otherwise: string; readonly example: Value },
): Setting<Value, undefined> {
  return { ...one, default: undefined }
}
