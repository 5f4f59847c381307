import { readFileSync } from 'node:fs'
import type { RemoteDaemon } from '@chainmail/daemon/client'
import { type Input, socketOption } from '../command.ts'
import type { ValueOption } from '../option.ts'
import { refusal, wrongUsage } from '../refusal.ts'
import {
  apiKeyOption,
  caOption,
  certificateOption,
  fingerprintOption,
  identityOptions,
  keyOption,
  urlOption,
} from './remote-options.ts'

/**
 * The daemon in the network that the words and the environment name; undefined where they name none, so that it is the
 * one of the socket.
 * @throws Refusal `usage`, `file-unreadable`
 */
export function remoteOf(input: Input, environment: NodeJS.ProcessEnv): RemoteDaemon | undefined {
  const socket = input.value(socketOption)
  const given = input.value(urlOption)
  if (socket !== undefined && given !== undefined)
    throw wrongUsage('--socket and --url name two daemons.', 'Leave one of them out.')
  const url = given ?? (socket === undefined ? variable(environment, 'CHAINMAIL_URL') : undefined)
  if (url === undefined) {
    const idle = identityOptions.find((option) => input.value(option) !== undefined)
    if (idle === undefined) return undefined
    throw wrongUsage(`--${idle.name} is for a daemon in the network.`, 'Name it with --url URL.')
  }
  const value = (option: ValueOption<string>, name: string) =>
    input.value(option) ?? variable(environment, name)
  const file = (option: ValueOption<string>, name: string) => {
    const path = value(option, name)
    return path === undefined ? undefined : readText(path)
  }
  return {
    url,
    // A fingerprint that was typed stands instead of a file that the environment names.
    ca: input.value(fingerprintOption) === undefined ? file(caOption, 'CHAINMAIL_CACERT') : undefined,
    fingerprint:
      input.value(caOption) === undefined ? value(fingerprintOption, 'CHAINMAIL_FINGERPRINT') : undefined,
    certificate: file(certificateOption, 'CHAINMAIL_CERT'),
    key: file(keyOption, 'CHAINMAIL_KEY'),
    apiKey: file(apiKeyOption, 'CHAINMAIL_API_KEY_FILE') ?? variable(environment, 'CHAINMAIL_API_KEY'),
  }
}

function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = environment[name]
  return value === '' ? undefined : value
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw refusal('file-unreadable', 'The file cannot be read', `${path}: ${why}`)
  }
}
