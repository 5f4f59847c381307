import type { Configuration } from '../configuration/index.ts'
import type { History } from '../history/history.ts'
import { Audit } from './audit.ts'
import { auditFolder } from './files.ts'
import { sendToSyslog } from './syslog.ts'

export interface AuditParts {
  readonly configuration: Pick<Configuration, 'paths' | 'audit'>
  readonly history: History
  readonly version: string
  readonly onFault: (error: unknown, about: string) => void
}

/** Opens the audit as it is configured. @throws DaemonError `audit-failed` */
export function openAudit({ configuration, history, version, onFault }: AuditParts): Disposable & Audit {
  const { paths, audit } = configuration
  const opened = new Audit({
    folder: auditFolder(paths.state),
    size: audit.size,
    history,
    version,
    onFault: (error) => onFault(error, 'the audit log cannot be written: nothing is changed until it can'),
    ...(audit.syslog ? { follow: toSyslog } : {}),
  })
  return opened

  function toSyslog(log: Parameters<typeof sendToSyslog>[0]): () => void {
    return sendToSyslog(log, () =>
      onFault(new Error('/dev/log takes no message'), "the system's log does not take records of the audit"),
    )
  }
}
