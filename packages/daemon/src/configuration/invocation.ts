import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { TcpDoors } from '../doors/tcp-door.ts'
import { codeOf, DaemonError } from '../errors.ts'
import { oidcSettings } from '../identity/oidc/settings.ts'
import { findPaths, type PathsContext } from '../paths.ts'
import { rfwSettings } from '../rfw/settings.ts'
import type { Configuration, HttpsConfiguration } from './configuration.ts'
import { type CheckedFile, checkFile } from './file.ts'
import { type AnySetting, allSettings, fileSettings, type Setting, settings, variableOf } from './settings.ts'

/** What the words of the command line ask for. */
export type Invocation = RunInvocation | { readonly kind: 'help' } | { readonly kind: 'version' }

export interface RunInvocation {
  readonly kind: 'run'
  readonly configuration: Configuration
  /** The file that was read; undefined if there is none. */
  readonly file: string | undefined
  /** The value of each setting, given or default. */
  readonly values: ReadonlyMap<AnySetting, unknown>
}

/**
 * @param words the command line behind the program's name
 * @throws DaemonError `bad-setting`; its message has a line for each mistake of the file
 */
export function readInvocation(words: readonly string[], context?: PathsContext): Invocation {
  const flags = readFlags(words)
  if (flags.has('help')) return { kind: 'help' }
  if (flags.has('version')) return { kind: 'version' }
  const environment = context?.environment ?? process.env
  const given = (flag: string): Given | undefined => {
    const word = flags.get(flag)
    if (typeof word === 'string') return { text: word, source: `--${flag}` }
    const variable = variableOf(flag)
    const text = environment[variable]
    return text === undefined || text === '' ? undefined : { text, source: variable }
  }
  const folder = given(fileSettings.folder.flag)?.text
  const places = findPaths(folder === undefined ? {} : { configuration: folder }, context)
  const named = given(fileSettings.file.flag)
  const path = named?.text ?? join(places.configuration, 'chainmail.toml')
  const file = readSettingsFile(path, named?.source)

  const values = new Map<AnySetting, unknown>()
  const settled: Settled = (setting) => {
    const value = read(setting, given(setting.flag), file)
    values.set(setting, value)
    return value
  }
  const [state, socket] = [settled(settings.state), settled(settings.socket)]
  const configuration: Configuration = {
    paths: findPaths(
      {
        ...(state === undefined ? {} : { state }),
        ...(socket === undefined ? {} : { socket }),
        configuration: places.configuration,
      },
      context,
    ),
    https: https(settled),
    http: http(settled),
    identity: {
      socket: settled(settings.socketIdentity),
      http: settled(settings.httpIdentity),
      failures: settled(settings.loginFailures),
      banFor: settled(settings.loginBan),
    },
    oidc: oidcSettings({
      issuer: settled(settings.oidcIssuer),
      audience: settled(settings.oidcAudience),
      nameClaim: settled(settings.oidcNameClaim),
      groupsClaim: settled(settings.oidcGroupsClaim),
      groupsFile: settled(settings.oidcGroups),
      clockSkew: settled(settings.oidcClockSkew),
      authoritiesFile: settled(settings.oidcAuthorities),
    }),
    logLevel: settled(settings.logLevel),
    logRequests: settled(settings.logRequests),
    backend: settled(settings.backend),
    drift: settled(settings.drift),
    banIpv6Prefix: settled(settings.banIpv6Prefix),
    allowByDefault: settled(settings.allowByDefault),
    history: {
      revisions: settled(settings.historyLimit),
      bytes: settled(settings.historySize) * 1024 ** 2,
    },
    audit: {
      size: settled(settings.auditSize) * 1024 ** 2,
      syslog: settled(settings.auditSyslog),
    },
    load: {
      connections: settled(settings.connections),
      connectionsPerAddress: settled(settings.connectionsPerAddress),
      changes: settled(settings.changesUnderWay),
      wait: settled(settings.longestWait),
    },
    rfw: rfwSettings({
      defaultExpire: settled(settings.rfwDefaultExpire),
      nonRestful: settled(settings.rfwNonRestful),
      whitelistFile: settled(settings.rfwWhitelistFile),
    }),
  }
  return { kind: 'run', configuration, file: file && path, values }
}

/** The value of a setting, given or default. */
type Settled = <Value, Default extends Value | undefined>(setting: Setting<Value, Default>) => Value | Default

function https(settled: Settled): HttpsConfiguration | undefined {
  const enabled = settled(settings.https)
  const configuration = {
    host: settled(settings.httpsHost),
    port: settled(settings.httpsPort),
    names: settled(settings.httpsNames),
    certificate: settled(settings.httpsCertificate),
    key: settled(settings.httpsKey),
    clientAuthority: settled(settings.httpsClientAuthority),
  }
  if (configuration.key !== undefined && configuration.certificate === undefined)
    throw new DaemonError(
      'bad-setting',
      'https.key: without https.certificate there is nothing that it is the key of.',
    )
  return enabled ? configuration : undefined
}

/** The port alone opens the door. */
function http(settled: Settled): TcpDoors | undefined {
  const [host, port] = [settled(settings.host), settled(settings.port)]
  return port === undefined ? undefined : { host, port }
}

/** A text of the command line or the environment, and which. */
interface Given {
  readonly text: string
  readonly source: string
}

function readFlags(words: readonly string[]): ReadonlyMap<string, string | boolean> {
  const options: Record<string, { type: 'string' | 'boolean' }> = {
    help: { type: 'boolean' },
    version: { type: 'boolean' },
  }
  for (const { flag } of [...Object.values(fileSettings), ...allSettings]) options[flag] = { type: 'string' }
  try {
    const { values } = parseArgs({ args: [...words], options, strict: true, allowPositionals: false })
    return new Map(
      Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    )
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error)
    throw new DaemonError('bad-setting', `${sentence} (--help tells the options)`, error)
  }
}

/** @param source who names the file; one that nobody names need not be there */
function readSettingsFile(path: string, source: string | undefined): CheckedFile | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
    if (source === undefined && missing) return undefined
    const words = error instanceof Error ? error.message : String(error)
    throw new DaemonError(
      'bad-setting',
      `${source ?? 'The configuration'}: ${path} cannot be read: ${words}`,
      error,
    )
  }
  const file = checkFile(text)
  if (file.problems.length === 0) return file
  const lines = file.problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`)
  throw new DaemonError('bad-setting', lines.join('\n'))
}

function read<Value, Default extends Value | undefined>(
  setting: Setting<Value, Default>,
  given: Given | undefined,
  file: CheckedFile | undefined,
): Value | Default {
  const { kind, key } = setting
  if (given !== undefined) {
    const value = kind.fromText(given.text)
    if (value !== undefined) return value
    throw new DaemonError(
      'bad-setting',
      `${given.source}: ${JSON.stringify(given.text)} is not ${kind.wanted}.`,
    )
  }
  const found = file?.values.get(key)
  return (found && kind.fromToml(found.value)) ?? setting.default
}
