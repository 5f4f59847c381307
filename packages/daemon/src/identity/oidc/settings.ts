import { readFileSync } from 'node:fs'
import { DaemonError } from '../../errors.ts'
import { type Grant, readGrants } from './grants.ts'

/** An issuer of OpenID Connect whose tokens are taken, and what they allow. */
export interface OidcConfiguration {
  /** As its tokens name it, to the letter. */
  readonly issuer: string
  /** One of those that a token is for. */
  readonly audience: string
  /** The claim that tells who it is. */
  readonly nameClaim: string
  /** The claim that tells the groups. */
  readonly groupsClaim: string
  /** What the groups may do; without any a token lets its bearer in, and allows nothing. */
  readonly grants: readonly Grant[]
  /** Seconds by which the clocks may differ. */
  readonly clockSkew: number
  /** Certificates in PEM that are trusted beside those of Node, for the issuer alone. */
  readonly authorities: string | undefined
}

export interface OidcWishes extends Omit<OidcConfiguration, 'issuer' | 'grants' | 'authorities'> {
  readonly issuer: string | undefined
  readonly groupsFile: string | undefined
  readonly authoritiesFile: string | undefined
}

/**
 * @returns undefined where no issuer is named
 * @throws DaemonError `bad-setting` when a file cannot be read
 */
export function oidcSettings({
  issuer,
  groupsFile,
  authoritiesFile,
  ...settings
}: OidcWishes): OidcConfiguration | undefined {
  if (issuer === undefined) return undefined
  return {
    ...settings,
    issuer,
    grants: groupsFile === undefined ? [] : readFrom(groupsFile, 'The groups', readGrants),
    authorities:
      authoritiesFile === undefined
        ? undefined
        : readFrom(authoritiesFile, 'The authorities', readAuthorities),
  }
}

function readAuthorities(text: string): string {
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new Error('there is no certificate in PEM.')
}

function readFrom<Value>(path: string, what: string, read: (text: string) => Value): Value {
  try {
    return read(readFileSync(path, 'utf8'))
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new DaemonError('bad-setting', `${what} in ${JSON.stringify(path)}: ${words}`, error)
  }
}
