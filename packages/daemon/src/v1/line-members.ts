import { ChainmailError } from 'chainmail'
import { DaemonError } from '../errors.ts'

/** @throws DaemonError `bad-json` */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new DaemonError('bad-json', 'The line cannot be read as JSON.', error)
  }
}

/** @throws ChainmailError `bad-request` */
export function readText(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  throw refusedLine(`${name} has to be a text`)
}

/** @throws ChainmailError `bad-request` */
export function readNumber(value: unknown, name: string): number {
  if (typeof value === 'number') return value
  throw refusedLine(`${name} has to be a number`)
}

/** @throws ChainmailError `bad-request` */
export function readFlag(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value
  throw refusedLine(`${name} has to be true or false`)
}

/** @param message without its full stop */
export function refusedLine(message: string): ChainmailError {
  return new ChainmailError('bad-request', `${message}.`)
}
