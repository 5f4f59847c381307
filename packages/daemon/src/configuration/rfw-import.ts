import { type AnySetting, allSettings, settings } from './settings.ts'
import type { TomlValue } from './toml.ts'

/** What follows for chainmail from a configuration file of rfw. */
export interface ImportedSettings {
  /** A file of settings; what could not be taken over stands in it as comments. */
  readonly toml: string
  /** The path of the list of addresses that nothing may ban, if there is one. */
  readonly whitelistFile: string | undefined
  /** What is not taken over, and why; a sentence each. */
  readonly notes: readonly string[]
}

const CERTIFICATE =
  "rfw's certificate is not taken over: chainmail makes one of its own, or takes that of https.certificate."
const USER =
  'The one user and his password are not taken over: chainmail keys create NAME --password makes a name and a password anew, with what they may do.'
const TRUSTED =
  'The plain HTTP server of this host goes on asking for no password: whatever runs on this host may do everything. Without http.identity it asks.'

/** What opens a door of rfw, and the settings of ours that mean something only then. */
const doors = new Map<string, readonly AnySetting[]>([
  ['local.server', [settings.port]],
  ['outward.server', [settings.httpsHost, settings.httpsPort]],
])

/** What becomes of a setting of rfw.conf: a setting of ours, or a sentence on why there is none. */
const meanings: Readonly<Record<string, AnySetting | string>> = {
  'local.server.port': settings.port,
  'non.restful': settings.rfwNonRestful,
  'default.expire': settings.rfwDefaultExpire,
  'whitelist.file': settings.rfwWhitelistFile,
  'outward.server.port': settings.httpsPort,
  'outward.server.ip': settings.httpsHost,
  'outward.server.certfile': CERTIFICATE,
  'outward.server.keyfile': CERTIFICATE,
  'auth.username': USER,
  'auth.password': USER,
  'iptables.path': 'chainmail finds iptables itself; firewall.backend chooses between nft and legacy.',
}

/** Reads the text of an rfw.conf: sections, `name = value` or a name alone, which switches something on; `#` comments. */
export function importRfw(text: string): ImportedSettings {
  const notes = new Set<string>()
  const taken = new Map<AnySetting, string>()
  const open = new Set<string>()
  let whitelistFile: string | undefined
  let asks = false
  for (const [index, line] of text.split('\n').entries()) {
    const [, name = '', value = ''] = /^\s*([^#;=:[\s][^=:\s]*)\s*(?:[=:]\s*(.*?))?\s*$/.exec(line) ?? []
    if (name === '') continue
    const meaning = meanings[name.toLowerCase()]
    if (name.toLowerCase() === 'local.server.authentication') asks = isOn(value)
    else if (doors.has(name.toLowerCase())) {
      if (isOn(value)) open.add(name.toLowerCase())
    } else if (meaning === undefined)
      notes.add(`Line ${index + 1}: ${name} is no setting of rfw that is known here.`)
    else if (typeof meaning === 'string') notes.add(meaning)
    else {
      const read = readValue(meaning, value)
      if (read === undefined)
        notes.add(`Line ${index + 1}: ${name}: ${JSON.stringify(value)} is not ${meaning.kind.wanted}.`)
      else taken.set(meaning, meaning.kind.toToml(read))
      if (meaning === settings.rfwWhitelistFile && typeof read === 'string') whitelistFile = read
    }
  }
  for (const [door, own] of doors) if (!open.has(door)) for (const setting of own) taken.delete(setting)
  if (!open.has('outward.server')) taken.set(settings.https, 'false')
  if (open.has('local.server') && !asks) {
    taken.set(settings.httpIdentity, settings.httpIdentity.kind.toToml('trusted'))
    notes.add(TRUSTED)
  }
  if (open.has('local.server'))
    notes.add('Where chainmail is a service, chainmail-http.socket opens the plain HTTP server of this host.')
  return { toml: fileOf(taken, [...notes]), whitelistFile, notes: [...notes] }
}

/** A flag that stands alone is on. rfw knows `yes`, `true`, `on` and `1` too. */
function readValue({ kind }: AnySetting, value: string): unknown {
  if (kind === settings.rfwNonRestful.kind) return isOn(value)
  // A path has to be absolute here as in our own file.
  const asToml: TomlValue = { type: 'string', value, text: value }
  return kind === settings.rfwWhitelistFile.kind ? kind.fromToml(asToml) : kind.fromText(value)
}

function isOn(value: string): boolean {
  return /^(?:yes|true|on|1|)$/i.test(value)
}

function fileOf(taken: ReadonlyMap<AnySetting, string>, notes: readonly string[]): string {
  const lines = ['# Made from a configuration of rfw.', ...notes.map((note) => `# ${note}`)]
  let section = ''
  // In the order of the table: each section once.
  for (const setting of allSettings) {
    const value = taken.get(setting)
    if (value === undefined) continue
    const [heading = '', name = ''] = setting.key.split('.')
    if (heading !== section) lines.push('', `[${heading}]`)
    section = heading
    lines.push(`${name} = ${value}`)
  }
  return `${lines.join('\n')}\n`
}
