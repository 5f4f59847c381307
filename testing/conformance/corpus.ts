import { globSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Case, parseCase } from './case.ts'

/**
 * The cases of a file or of a folder: JSON lines in `.jsonl`, whole rulesets in `.v4` and `.v6`.
 *
 * @throws Error when there is no such path, or a line is no case
 */
export function readCorpus(path: string): Case[] {
  const files = statSync(path).isDirectory()
    ? globSync('**/*.{jsonl,v4,v6}', { cwd: path })
        .toSorted()
        .map((file) => join(path, file))
    : [path]
  return files.flatMap(readCases)
}

function readCases(file: string): Case[] {
  const text = readFileSync(file, 'utf8')
  const source = basename(file)
  if (/\.v[46]$/.test(file))
    return [{ kind: 'dump', source, family: file.endsWith('6') ? 'ipv6' : 'ipv4', text }]
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseCase(line, `${source}:${index + 1}`)]))
}
