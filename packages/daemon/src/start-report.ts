import { existsSync } from 'node:fs'
import { release } from 'node:os'
import type { ServerCertificates } from './certificates/server-certificates.ts'
import type { Daemon } from './daemon.ts'

export interface ReportContext {
  readonly version: string
  /** Whether other programs of this user see the loopback that the daemon listens on. */
  readonly privateNetwork: boolean
  /** Whether the command finds the socket by itself. */
  readonly ownSocket: boolean
}

/** What a daemon says when it has started: what it found, where it listens, what to try. */
export function startReport(
  daemon: Pick<Daemon, 'found' | 'urls' | 'socket' | 'certificates'>,
  context: ReportContext,
): string {
  const { found, urls, socket, certificates } = daemon
  const command = existsSync('node_modules/.bin/chainmail') ? 'npx chainmail' : 'chainmail'
  const where = context.ownSocket ? '' : ` --socket ${quoted(socket)}`
  const tries = ['status', 'ban 198.51.100.7 --for 10m --reason "first try"', 'bans']
  return [
    `chainmail ${context.version} on Linux ${release()}`,
    `  ${found.report}`,
    `  ${bansLine(found.bans)}`,
    `  listens on ${socket}`,
    ...(urls.length === 0
      ? []
      : [
          `  and on ${urls.join(' and ')}${context.privateNetwork ? ', inside its network namespace only' : ''}`,
        ]),
    ...(certificates === undefined ? [] : [certificateLine(certificates)]),
    '',
    'Try in another terminal:',
    ...tries.map((words) => `  ${command} ${words}${where}`),
    'or without the command:',
    `  curl --unix-socket ${quoted(socket)} http://localhost/v1/bans`,
    '',
  ].join('\n')
}

function certificateLine({ authorityPath, fingerprint }: ServerCertificates): string {
  const whose =
    authorityPath === undefined ? 'its certificate' : `its certificate authority, ${authorityPath}`
  return `  SHA-256 of ${whose}: ${fingerprint}`
}

function bansLine(bans: number | Error): string {
  if (bans instanceof Error) return `no bans: ${bans.message}`
  return bans === 1 ? '1 ban restored' : `${bans} bans restored`
}

/** As a shell reads it as one word. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
