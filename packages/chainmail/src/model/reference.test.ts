import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseRule } from '../text/parse-rule.ts'
import { describedTypes } from './described.ts'
import type { Extension } from './extension.ts'
import { type GoldenFile, readGolden } from './golden.ts'
import { matches } from './matches/index.ts'
import { type Example, referencePage } from './reference.ts'
import { ruleSchema } from './schema.ts'
import { targets } from './targets/index.ts'

const docs = new URL('../../../../docs/', import.meta.url)

/** Every page by its path below docs/. */
function pages(): Map<string, string> {
  const made = new Map<string, string>()
  for (const [role, folder, all] of [
    ['match', 'matches', matches],
    ['target', 'targets', targets],
  ] as const) {
    const extensions: readonly Extension[] = all
    for (const [name, [first, ...others]] of Map.groupBy(extensions, (extension) => extension.name)) {
      if (first === undefined) continue
      const golden = readGolden(new URL(`${folder}/`, import.meta.url), `${name}.golden`)
      made.set(`extensions/${role}-${name}.md`, referencePage([first, ...others], examplesOf(golden)))
    }
  }
  made.set('extensions/README.md', index(made))
  made.set('rule.schema.json', `${JSON.stringify(ruleSchema, undefined, 2)}\n`)
  return made
}

/** The first rules of a golden file, each once. */
function examplesOf({ cases }: GoldenFile): readonly Example[] {
  const examples = new Map<string, Example>()
  for (const { family, written, since } of cases) {
    if (written === undefined) continue
    const context = since === '1.8.11' ? ({ family, iptables: since } as const) : { family }
    examples.set(written, { text: written, rule: parseRule(written, context) })
  }
  return [...examples.values()].slice(0, 12)
}

function index(made: ReadonlyMap<string, string>): string {
  const lines = Array.from(made, ([path, text]) => {
    const file = path.replace('extensions/', '')
    const [, name = ''] = /^# (.*)$/m.exec(text) ?? []
    const about = text.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? ''
    return `| [${name}](${file}) | ${file.startsWith('match') ? 'match' : 'target'} | ${about} |`
  })
  return ['# Matches and targets', '', '| name | is a | what it does |', '|---|---|---|', ...lines, ''].join(
    '\n',
  )
}

it('the reference and the schema in docs/ are those that follow from the extension files', () => {
  const made = pages()
  const folder = new URL('extensions/', docs)
  if (process.env.UPDATE_GOLDEN === '1') {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const [path, text] of made) writeFileSync(new URL(path, docs), text)
  }
  for (const [path, text] of made) expect(readFileSync(new URL(path, docs), 'utf8'), path).toBe(text)
  const files = readdirSync(folder).map((file) => `extensions/${file}`)
  expect(files.sort()).toEqual([...made.keys()].filter((path) => path.startsWith('extensions/')).sort())
})

it('the described types are those that follow from the extension files', () => {
  const file = new URL('described.generated.ts', import.meta.url)
  const made = describedTypes(matches, targets)
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, made)
  expect(readFileSync(file, 'utf8')).toBe(made)
})
