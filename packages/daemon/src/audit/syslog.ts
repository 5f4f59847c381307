import { LocalLog } from '@chainmail/kernel'
import type { AuditLog, Chained } from './audit-log.ts'

const INFO = 6
const NOTICE = 5
const WARNING = 4

/**
 * Sends each record to the system's log when it is written. With its hash beside it, whoever keeps that log can tell whether
 * the records were changed since.
 *
 * @param path of the socket, if not the system's own
 * @param onFault told once each time that the system's log begins to refuse records
 * @returns ends it
 */
export function sendToSyslog(
  log: Pick<AuditLog, 'listen'>,
  onFault: () => void,
  path?: string | undefined,
): () => void {
  const system = new LocalLog('chainmail', path)
  let isHeard = true
  const stop = log.listen((records) => {
    for (const record of records) {
      const wasHeard = isHeard
      isHeard = system.send({ severity: severityOf(record), time: new Date(), text: textOf(record) })
      if (wasHeard && !isHeard) onFault()
    }
  })
  return () => {
    stop()
    system[Symbol.dispose]()
  }
}

/** The line itself, so that the chain can be followed there too. */
function textOf({ line, hash }: Chained): string {
  return `audit ${hash} ${line}`
}

function severityOf({ line }: Chained): typeof INFO | typeof NOTICE | typeof WARNING {
  if (/"kind":"(?:missing|unnoted|broken-off)"/.test(line)) return WARNING
  return /"status":[45]\d\d[,}]/.test(line) ? NOTICE : INFO
}
