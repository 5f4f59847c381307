import { readFileSync } from 'node:fs'
import { DaemonError } from '../errors.ts'
import type { CommandSettings } from './command.ts'
import { parseWhitelist, type Whitelist } from './whitelist.ts'

export interface RfwSettings extends CommandSettings {
  readonly whitelist?: Whitelist | undefined
}

/** As rfw is shipped. */
export const defaultSettings: RfwSettings = { nonRestful: false, defaultExpire: 86_400 }

export interface RfwWishes extends CommandSettings {
  /** The path of a list that {@link parseWhitelist} reads. */
  readonly whitelistFile?: string | undefined
}

/** @throws DaemonError `bad-setting` when the list cannot be read */
export function rfwSettings({ whitelistFile, ...settings }: RfwWishes): RfwSettings {
  return whitelistFile === undefined ? settings : { ...settings, whitelist: readWhitelist(whitelistFile) }
}

function readWhitelist(path: string): Whitelist {
  try {
    return parseWhitelist(readFileSync(path, 'utf8'))
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new DaemonError('bad-setting', `The whitelist ${JSON.stringify(path)}: ${words}`, error)
  }
}
