import { readFileSync } from 'node:fs'
import { sampleFile } from '../configuration/sample.ts'

/** A file that belongs to an installation. */
export interface Piece {
  /** Absolute, below the root of the installation. */
  readonly path: string
  readonly text: string
  /** Permissions. */
  readonly mode: number
  /** Whether it is the administrator's from then on: what he changed is neither replaced nor removed. */
  readonly edited: boolean
}

/** Which Node runs which program. */
export interface Program {
  readonly node: string
  readonly main: string
}

/** Where a distribution's package puts both; the unit in the folder `packaging` says the same. */
export const packagedProgram: Program = {
  node: '/usr/bin/node',
  main: '/usr/lib/chainmail/packages/daemon/bin/chainmail-daemon.mjs',
}

export const configurationFile = '/etc/chainmail/chainmail.toml'

/** Made by the daemon, removed only with all of its state. */
export const stateFolder = '/var/lib/chainmail'

/** Made by systemd; what is in it comes back by itself. */
export const cacheFolder = '/var/cache/chainmail'

/** Those that begin with the machine. */
export const units = ['chainmail.service', 'chainmail.socket', 'chainmail-https.socket'] as const

/** Those that are there for who enables them. */
export const unitsOnDemand = ['chainmail-http.socket'] as const

/** All files of an installation, in the order in which they are put in place. */
export function pieces(program: Program): readonly Piece[] {
  const fromPackaging = (path: string, name: string): Piece => ({
    path,
    text: packaged(name),
    mode: 0o644,
    edited: false,
  })
  return [
    fromPackaging('/etc/sysusers.d/chainmail.conf', 'chainmail.sysusers'),
    fromPackaging('/etc/tmpfiles.d/chainmail.conf', 'chainmail.tmpfiles'),
    fromPackaging('/etc/modules-load.d/chainmail.conf', 'chainmail.modules'),
    { path: configurationFile, text: sampleFile(), mode: 0o640, edited: true },
    ...[...units, ...unitsOnDemand].map((name) => {
      const piece = fromPackaging(`/etc/systemd/system/${name}`, name)
      return { ...piece, text: withProgram(piece.text, program) }
    }),
  ]
}

function packaged(name: string): string {
  return readFileSync(new URL(`../../../../packaging/${name}`, import.meta.url), 'utf8')
}

function withProgram(unit: string, { node, main }: Program): string {
  return unit.replace(/^ExecStart=.*$/m, () => `ExecStart=${word(node)} ${word(main)}`)
}

/** As a word of a command line in a unit, systemd.service(5): `%` and `$` stand for themselves when doubled. */
function word(path: string): string {
  const text = path.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w/.%$@+:=-]+$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
