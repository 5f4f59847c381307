import { statSync } from 'node:fs'
import module from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The guard keeps what it needs in memory, which is little. */
const NODE_OPTIONS = ['--max-old-space-size=512']

const PROGRAM = fileURLToPath(new URL(`guard-main${extname(import.meta.url)}`, import.meta.url))

/** What Node is started with to guard a probation, as guard-main.ts reads it. */
export function guardWords(folder: string, id: string): readonly string[] {
  const cache = cacheFolder()
  return [...NODE_OPTIONS, PROGRAM, folder, id, ...(cache === undefined ? [] : [cache])]
}

/**
 * Where compiled code is kept: where this process keeps its own; if it keeps none, beside the sources, where these belong
 * to the same user, so that it is as safe as they are.
 */
function cacheFolder(): string | undefined {
  const own = module.getCompileCacheDir()
  // Node adds a folder of its version.
  if (own !== undefined) return dirname(own)
  const home = join(import.meta.dirname, '../../..')
  return statSync(home).uid === process.geteuid?.() ? join(home, 'node_modules/.cache/guard') : undefined
}
