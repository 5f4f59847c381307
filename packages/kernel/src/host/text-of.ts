import { closeSync, openSync, readSync } from 'node:fs'

/** Bytes. A router may know a million routes, and its gateways stand at the beginning. */
const READ_AT_MOST = 256 * 1024

/** The beginning of a small file of the system, up to its last whole line; empty where it cannot be read. */
export function textOf(path: string): string {
  const buffer = Buffer.allocUnsafe(READ_AT_MOST)
  let length = 0
  try {
    const descriptor = openSync(path, 'r')
    try {
      for (let read = -1; read !== 0 && length < READ_AT_MOST; length += read)
        read = readSync(descriptor, buffer, length, READ_AT_MOST - length, null)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return ''
  }
  const text = buffer.toString('latin1', 0, length)
  return length < READ_AT_MOST ? text : text.slice(0, text.lastIndexOf('\n') + 1)
}
