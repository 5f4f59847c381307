import { backends } from '@chainmail/kernel'
import { allowedByDefault, driftHandlings } from 'chainmail'
import { defaultLimit } from '../history/revision-store.ts'
import { doorIdentities } from '../identity/door-identity.ts'
import { defaultLimits } from '../load/limits.ts'
import { loggedRequests } from '../log/request-log.ts'
import { defaultSettings as rfwDefaults } from '../rfw/settings.ts'
import {
  address,
  choice,
  choices,
  flag,
  hosts,
  issuer,
  type Kind,
  loopback,
  path,
  port,
  span,
  wholeNumber,
  word,
} from './kinds.ts'

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

const count = wholeNumber({ from: 1, to: 1_000_000, placeholder: 'COUNT', what: 'a whole number' })

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
  https: fixed({
    key: 'https.enabled',
    flag: 'https',
    kind: flag,
    default: true,
    about: 'Whether HTTPS is answered',
    reloads: false,
  }),
  httpsHost: ofHost({
    key: 'https.host',
    flag: 'https-host',
    kind: address,
    otherwise: 'every address of this host',
    example: '192.0.2.1',
    about: 'The address to listen on for HTTPS',
    reloads: false,
  }),
  httpsPort: fixed({
    key: 'https.port',
    flag: 'https-port',
    kind: port,
    default: 7393,
    about: 'The port to listen on for HTTPS, 0 for a free one',
    reloads: false,
  }),
  httpsNames: fixed<readonly string[]>({
    key: 'https.names',
    flag: 'https-names',
    kind: hosts,
    default: [],
    about:
      'Names and addresses by which clients reach this host, beside those that it knows itself; they stand in its certificate, and requests for any other name are refused',
    reloads: true,
  }),
  httpsCertificate: ofHost({
    key: 'https.certificate',
    flag: 'https-certificate',
    kind: path('PATH'),
    otherwise: 'one that the daemon makes and renews itself',
    example: '/etc/chainmail/server.pem',
    about: "A file in PEM with the server's certificate and those that follow it in its chain",
    reloads: true,
  }),
  httpsKey: ofHost({
    key: 'https.key',
    flag: 'https-key',
    kind: path('PATH'),
    otherwise: 'the key stands in the file of the certificate',
    example: '/etc/chainmail/server-key.pem',
    about: 'A file in PEM with the key of https.certificate, without a passphrase',
    reloads: true,
  }),
  httpsClientAuthority: ofHost({
    key: 'https.client-ca',
    flag: 'https-client-ca',
    kind: path('PATH'),
    otherwise: "the daemon's own authority, whose clients chainmail cert issues",
    example: '/etc/chainmail/client-ca.pem',
    about: 'A file in PEM with the certificates of the authority that signs clients',
    reloads: true,
  }),
  host: ofHost({
    key: 'http.host',
    flag: 'host',
    kind: loopback,
    otherwise: '127.0.0.1 and ::1',
    example: '127.0.0.1',
    about: 'The loopback address to listen on for plain HTTP',
    reloads: false,
  }),
  port: ofHost({
    key: 'http.port',
    flag: 'port',
    kind: port,
    otherwise: 'there is no plain HTTP',
    // rfw's.
    example: 7390,
    about: 'The port to listen on for plain HTTP, 0 for a free one',
    reloads: false,
  }),
  httpIdentity: fixed({
    key: 'http.identity',
    flag: 'http-identity',
    kind: choice(doorIdentities),
    default: 'required',
    about: 'Whether plain HTTP asks who it is, or trusts every program on this host to do everything',
    reloads: true,
  }),
  socketIdentity: fixed({
    key: 'identity.socket',
    flag: 'socket-identity',
    kind: choice(doorIdentities),
    default: 'trusted',
    about: 'Whether the unix socket asks who it is, or trusts everybody whom its group lets in',
    reloads: true,
  }),
  loginFailures: fixed({
    key: 'identity.failures',
    flag: 'login-failures',
    kind: wholeNumber({ from: 0, to: 1_000_000, placeholder: 'COUNT', what: 'a whole number' }),
    default: 10,
    about:
      'How many failed logins within a quarter of an hour ban the address that they come from, 0 for none',
    reloads: true,
  }),
  loginBan: fixed({
    key: 'identity.ban-for',
    flag: 'login-ban',
    kind: span,
    default: 3_600,
    about: 'How long it is banned, 0 for ever',
    reloads: true,
  }),
  oidcIssuer: ofHost({
    key: 'oidc.issuer',
    flag: 'oidc-issuer',
    kind: issuer,
    otherwise: 'no tokens are taken',
    example: 'https://login.example.org/realms/staff',
    about: 'The issuer whose tokens are taken, as it calls itself',
    reloads: true,
  }),
  oidcAudience: fixed<string>({
    key: 'oidc.audience',
    flag: 'oidc-audience',
    kind: word,
    default: 'chainmail',
    about: 'Whom a token has to be for; those for others are refused',
    reloads: true,
  }),
  oidcNameClaim: fixed<string>({
    key: 'oidc.name-claim',
    flag: 'oidc-name-claim',
    kind: word,
    default: 'sub',
    about:
      'The claim that tells who it is: the history has it behind oidc:. Besides sub only one will do that the issuer gives to nobody else, such as preferred_username where it sees to that',
    reloads: true,
  }),
  oidcGroupsClaim: fixed<string>({
    key: 'oidc.groups-claim',
    flag: 'oidc-groups-claim',
    kind: word,
    default: 'groups',
    about:
      'The claim that tells the groups, as a list or with blanks between, such as groups, scope or realm_access.roles',
    reloads: true,
  }),
  oidcGroups: ofHost({
    key: 'oidc.groups',
    flag: 'oidc-groups',
    kind: path('PATH'),
    otherwise: 'a token allows nothing',
    example: '/etc/chainmail/groups.json',
    about:
      'A file in JSON that says what groups may do, the first that fits counts; SIGHUP reads it anew. It looks like [{ "group": "admins", "permissions": { "everything": true } }]',
    reloads: true,
  }),
  oidcClockSkew: fixed({
    key: 'oidc.clock-skew',
    flag: 'oidc-clock-skew',
    kind: wholeNumber({ from: 0, to: 600, placeholder: 'SECONDS', what: 'a number of seconds' }),
    default: 60,
    about: "By how many seconds the issuer's clock may differ from that of this host",
    reloads: true,
  }),
  oidcAuthorities: ofHost({
    key: 'oidc.ca',
    flag: 'oidc-ca',
    kind: path('PATH'),
    otherwise: 'those that Node trusts',
    example: '/etc/chainmail/issuer-ca.pem',
    about: 'A file in PEM with the authority of the issuer, trusted for it beside those of Node',
    reloads: true,
  }),
  logLevel: fixed({
    key: 'log.level',
    flag: 'log-level',
    kind: choice(logLevels),
    default: 'info',
    about: 'What is logged on standard error: this and what is worse',
    reloads: true,
  }),
  logRequests: fixed({
    key: 'log.requests',
    flag: 'log-requests',
    kind: choice(loggedRequests),
    default: 'changes',
    about: 'Which requests get a line in the log: changes and what was refused of them, all of them, or none',
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
  auditSize: fixed({
    key: 'audit.size',
    flag: 'audit-size',
    kind: wholeNumber({ from: 1, to: 1_048_576, placeholder: 'MEBIBYTES', what: 'a number of mebibytes' }),
    default: 64,
    about: 'How many mebibytes the audit log may take; the oldest records go',
    reloads: false,
  }),
  auditSyslog: fixed({
    key: 'audit.syslog',
    flag: 'audit-syslog',
    kind: flag,
    default: false,
    about: "Whether each record goes to the system's log too, by /dev/log",
    reloads: false,
  }),
  connections: fixed({
    key: 'load.connections',
    flag: 'connections',
    kind: count,
    default: defaultLimits.connections,
    about: 'How many connections each door has open at a time; more are closed as they come',
    reloads: false,
  }),
  connectionsPerAddress: fixed({
    key: 'load.connections-per-address',
    flag: 'connections-per-address',
    kind: count,
    default: defaultLimits.connectionsPerAddress,
    about: 'How many of those by HTTPS may come from one address, or one /64 of IPv6',
    reloads: false,
  }),
  changesUnderWay: fixed({
    key: 'load.changes',
    flag: 'changes-under-way',
    kind: count,
    default: defaultLimits.changes,
    about: 'How many changes may be under way at a time; more are answered with 429 and Retry-After',
    reloads: true,
  }),
  longestWait: fixed({
    key: 'load.wait',
    flag: 'longest-wait',
    kind: wholeNumber({ from: 1, to: 86_400, placeholder: 'SECONDS', what: 'a number of seconds' }),
    default: defaultLimits.wait,
    about: 'How many seconds the oldest of many changes may be under way before more are refused',
    reloads: true,
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
  https: 'HTTPS',
  http: "Plain HTTP, as rfw's clients on this host expect it: on loopback, and only where it is asked for",
  identity: 'Who asks',
  oidc: 'Tokens (JWT) of an issuer of OpenID Connect',
  log: 'The log',
  firewall: 'The firewall itself',
  bans: 'Bans',
  history: 'The history of changes, which can be undone',
  audit: 'The audit log: who has changed what, and who was refused',
  load: 'How much the daemon takes on at a time',
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
