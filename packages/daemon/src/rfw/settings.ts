import { readFileSync } from 'node:fs'
import { DaemonError } from '../errors.ts'
import { type CommandSettings, parseExpire } from './command.ts'
import { parseWhitelist, type Whitelist } from './whitelist.ts'

export interface RfwSettings extends CommandSettings {
  readonly whitelist?: Whitelist
}

/** As rfw is shipped. */
export const defaultSettings: RfwSettings = { nonRestful: false, defaultExpire: 86_400 }

/** The settings as texts, by the words of rfw.conf. */
export interface SettingTexts {
  /** `true` or `false`. */
  readonly nonRestful?: string | undefined
  /** `600`, `30s`, `10m`, `24h`, `7d`; `0` for ever. */
  readonly defaultExpire?: string | undefined
  /** The path of a list that {@link parseWhitelist} reads. */
  readonly whitelistFile?: string | undefined
}

/** @throws DaemonError `bad-setting` */
export function readSettings({ nonRestful, defaultExpire, whitelistFile }: SettingTexts): RfwSettings {
  const seconds = defaultExpire === undefined ? defaultSettings.defaultExpire : parseExpire(defaultExpire)
  if (seconds === undefined)
    throw new DaemonError(
      'bad-setting',
      `default.expire: ${JSON.stringify(defaultExpire)} is not a time span such as 600, 30s, 10m, 24h or 7d, nor 0.`,
    )
  if (nonRestful !== undefined && nonRestful !== 'true' && nonRestful !== 'false')
    throw new DaemonError(
      'bad-setting',
      `non.restful: ${JSON.stringify(nonRestful)} is neither true nor false.`,
    )
  return {
    nonRestful: nonRestful === 'true',
    defaultExpire: seconds,
    ...(whitelistFile === undefined ? {} : { whitelist: readWhitelist(whitelistFile) }),
  }
}

function readWhitelist(path: string): Whitelist {
  try {
    return parseWhitelist(readFileSync(path, 'utf8'))
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new DaemonError('bad-setting', `whitelist.file ${JSON.stringify(path)}: ${words}`, error)
  }
}
