import { suggest } from 'chainmail/suggest'
import { type AnySetting, allSettings, sections } from './settings.ts'
import { type FileProblem, type Place, readToml, type TomlEntry, type TomlValue } from './toml.ts'

/** A value that the file gives. */
export interface FileValue {
  readonly value: TomlValue
  readonly at: Place
}

/** A file of settings, read and checked. */
export interface CheckedFile {
  /** By the key of the setting; only what is right. */
  readonly values: ReadonlyMap<string, FileValue>
  /** In the order of the lines. */
  readonly problems: readonly FileProblem[]
}

/** Tells everything that is wrong with the text of a file of settings. */
export function checkFile(text: string): CheckedFile {
  const toml = readToml(text.replace(/^\ufeff/, ''))
  const values = new Map<string, FileValue>()
  const problems: FileProblem[] = [...toml.problems]
  const refuse = ({ line, column }: Place, message: string) =>
    problems.push({ code: 'bad-setting', message, line, column })
  for (const { key, at, listed } of toml.sections) {
    if (listed) refuse(at, `[[${key}]] is a list, and no setting has one: write [${key}].`)
    else if (!Object.hasOwn(sections, key)) refuse(at, unknownSection(key))
  }
  const mistaken = new Set(problems.map(({ line }) => line))
  for (const entry of toml.entries) {
    const setting = allSettings.find(({ key }) => key === entry.key)
    if (setting === undefined) {
      // A section that is wrong is told of once, and not again for each key below it.
      const heading = toml.sections.findLast(({ at }) => at.line <= entry.keyAt.line)
      if (heading !== undefined && mistaken.has(heading.at.line)) continue
      refuse(entry.keyAt, unknownKey(entry))
    } else if (setting.kind.fromToml(entry.value) === undefined) {
      refuse(entry.valueAt, wrongValue(setting, entry.value))
    } else values.set(entry.key, { value: entry.value, at: entry.valueAt })
  }
  return { values, problems: problems.toSorted((one, other) => one.line - other.line) }
}

function unknownSection(key: string): string {
  const nearest = suggest(key, Object.keys(sections))
  const advice =
    nearest === undefined ? `it is one of ${Object.keys(sections).join(', ')}` : `did you mean [${nearest}]`
  return `There is no section [${key}]: ${advice}${nearest === undefined ? '.' : '?'}`
}

function unknownKey({ key }: TomlEntry): string {
  if (Object.hasOwn(sections, key)) return `${key} is a section: write [${key}], and its keys below.`
  const [first = '', ...rest] = key.split('.')
  const names = allSettings.map((setting) => setting.key)
  // A name that stands above the first section, or below the wrong one.
  const elsewhere = names.find((name) => name.endsWith(`.${rest.length === 0 ? first : rest.join('.')}`))
  const nearest = elsewhere ?? suggest(key, names)
  if (nearest !== undefined) return `There is no setting ${key}: did you mean ${nearest}?`
  const section = names
    .filter((name) => name.startsWith(`${first}.`))
    .map((name) => name.slice(first.length + 1))
  return section.length === 0
    ? `There is no setting ${key}; chainmail config sample lists all of them.`
    : `There is no setting ${key}: [${first}] has ${section.join(', ')}.`
}

function wrongValue({ key, kind }: AnySetting, { text }: TomlValue): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return `${key}: ${shown.replaceAll('\n', ' ')} is not ${kind.wanted}.`
}
