import type { FirewallEvent } from 'chainmail'
import type { Logger } from 'pino'

/** Lines of a difference that are logged. */
const MOST_LINES = 20

/** Logs what others have changed, and what was made good. */
export function logDrift(log: Pick<Logger, 'info' | 'warn' | 'error'>): (event: FirewallEvent) => void {
  return (event) => {
    if (event.kind === 'drift') {
      const { detail, part, diff = '', who } = event
      const lines = diff.split('\n')
      const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '…'] : lines
      const about = { event: 'drift', part, who, diff: shown }
      if (part === undefined) log.info(about, detail)
      else log.warn(about, detail)
    } else if (event.kind === 'repair') {
      const { detail, part, duration, outcome } = event
      const about = { event: 'repair', part, duration, outcome }
      if (outcome === 'failed') log.error(about, detail)
      else log.warn(about, detail)
    }
  }
}
