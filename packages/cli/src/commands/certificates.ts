import type { CertificateFolder } from '@chainmail/daemon/certificates'
import type { Configuration } from '@chainmail/daemon/configuration'
import type { Input } from '../command.ts'
import { text } from '../option.ts'
import { asRefusal } from '../refusal.ts'

/** Where the daemon's own certificates are. They are files, so these options are the daemon's own. */
const configOption = text({
  name: 'config',
  placeholder: 'FILE',
  completes: 'file',
  about: "the daemon's configuration file",
  otherwise: '$CHAINMAIL_CONFIG, or the one that a daemon of this user reads',
})
const stateOption = text({
  name: 'state-dir',
  placeholder: 'FOLDER',
  completes: 'file',
  about: "the folder of the daemon's state",
  otherwise: '$CHAINMAIL_STATE_DIR, or what the configuration says',
})

export const daemonOptions = [configOption, stateOption] as const

export type CertificateLibrary = typeof import('@chainmail/daemon/certificates')

/** What a command on certificates works with. */
export interface Certificates {
  readonly library: CertificateLibrary
  readonly folder: CertificateFolder
  readonly https: Configuration['https']
}

/**
 * Works on the certificates of the daemon whose configuration the options name.
 * @throws Refusal
 */
export async function withCertificates<Result>(
  input: Input,
  work: (certificates: Certificates) => Result,
): Promise<Result> {
  const [library, { readInvocation }] = await Promise.all([
    import('@chainmail/daemon/certificates'),
    import('@chainmail/daemon/configuration'),
  ])
  const words = daemonOptions.flatMap((option) => {
    const value = input.value(option)
    return value === undefined ? [] : [`--${option.name}=${value}`]
  })
  try {
    const invocation = readInvocation(words)
    if (invocation.kind !== 'run') throw new TypeError('the words ask for nothing but the configuration')
    const { paths, https } = invocation.configuration
    return work({ library, folder: new library.CertificateFolder(paths.state), https })
  } catch (error) {
    throw asRefusal(error) ?? error
  }
}
