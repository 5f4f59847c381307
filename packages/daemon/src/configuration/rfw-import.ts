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

const HTTPS = "rfw's HTTPS server, its certificate and its address are not taken over."

/** What becomes of a setting of rfw.conf: a setting of ours, or a sentence on why there is none. */
const meanings: Readonly<Record<string, AnySetting | string>> = {
  'local.server':
    'The plain HTTP server of this host is always there: chainmail-http.socket opens it where chainmail is a service.',
  'local.server.port': settings.port,
  'local.server.authentication':
    'The plain HTTP server of this host asks for no password: it checks that requests come from this host and from no web page.',
  'non.restful': settings.rfwNonRestful,
  'default.expire': settings.rfwDefaultExpire,
  'whitelist.file': settings.rfwWhitelistFile,
  'outward.server': HTTPS,
  'outward.server.port': HTTPS,
  'outward.server.ip': HTTPS,
  'outward.server.certfile': HTTPS,
  'outward.server.keyfile': HTTPS,
  'auth.username': 'The one user and his password are not taken over.',
  'auth.password': 'The one user and his password are not taken over.',
  'iptables.path': 'chainmail finds iptables itself; firewall.backend chooses between nft and legacy.',
}

/** Reads the text of an rfw.conf: sections, `name = value` or a name alone, which switches something on; `#` comments. */
export function importRfw(text: string): ImportedSettings {
  const notes = new Set<string>()
  const taken = new Map<AnySetting, string>()
  let whitelistFile: string | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const [, name = '', value = ''] = /^\s*([^#;=:[\s][^=:\s]*)\s*(?:[=:]\s*(.*?))?\s*$/.exec(line) ?? []
    if (name === '') continue
    const meaning = meanings[name.toLowerCase()]
    if (meaning === undefined)
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
  return { toml: fileOf(taken, [...notes]), whitelistFile, notes: [...notes] }
}

/** A flag that stands alone is on. rfw knows `yes`, `true`, `on` and `1` too. */
function readValue({ kind }: AnySetting, value: string): unknown {
  if (kind === settings.rfwNonRestful.kind) return /^(?:yes|true|on|1|)$/i.test(value)
  // A path has to be absolute here as in our own file.
  const asToml: TomlValue = { type: 'string', value, text: value }
  return kind === settings.rfwWhitelistFile.kind ? kind.fromToml(asToml) : kind.fromText(value)
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
