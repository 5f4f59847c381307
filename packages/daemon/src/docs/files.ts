import { createReadStream, type ReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A file of the reference page. */
export interface ServedFile {
  readonly type: string
  readonly bytes: number
  /** Changes with the file; RFC 9110 section 8.8.3. */
  readonly tag: string
  open(): ReadStream
}

/** What of swagger-ui the page needs; nothing else of its folder is served. */
const types = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
} as const

export type FileName = keyof typeof types

export const fileNames = Object.keys(types).filter(isFileName)

function isFileName(name: string): name is FileName {
  return Object.hasOwn(types, name)
}

/** Looks for the file each time: it is asked for seldom, and never held in memory. */
export async function servedFile(name: FileName): Promise<ServedFile> {
  const path = join(folder(), name)
  const { size, mtimeMs } = await stat(path)
  return {
    type: types[name],
    bytes: size,
    tag: `"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"`,
    open: () => createReadStream(path),
  }
}

/** Where the package keeps the built files of swagger-ui; none of its code is loaded. */
function folder(): string {
  const main = createRequire(import.meta.url).resolve('@fastify/swagger-ui')
  return join(dirname(main), 'static')
}
