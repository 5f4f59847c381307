import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Processes by names that are never given twice while the machine runs: the number of the PID namespace, the process
 * id, and when it was started, in ticks. proc(5), /proc/pid/stat
 */
export function processName(pid: number | 'self' = 'self'): string | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program stands in brackets, and may hold anything.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    // A zombie only waits for its parent to hear of its end.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return `${namespace()}-${line.split(' ', 1)[0]}-${fields[STARTED]}`
  } catch {
    // It has ended.
    return undefined
  }
}

/** Whether the process of this name runs. Of a process of another PID namespace nothing is known: it counts as running. */
export function isRunning(name: string): boolean {
  const [home, id] = name.split('-')
  return home !== namespace() || processName(Number(id)) === name
}

/** Of the fields behind the name of the program, counted from 0. */
const STARTED = 19

function namespace(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
}
