import { cpus, loadavg, release } from 'node:os'
import { runCommand } from '../testing/command.ts'

/** What the figures were measured on. */
export interface Machine {
  readonly kernel: string
  readonly processor: string
  readonly cores: number
  readonly iptables: string
  readonly ipset: string
  readonly node: string
  /** Processes that were running or waiting on average, in the minute before. */
  readonly load: number
}

export async function describeMachine(): Promise<Machine> {
  const [iptables, ipset] = await Promise.all([
    runCommand('iptables', ['--version']),
    runCommand('ipset', ['--version']),
  ])
  return {
    kernel: release(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    iptables: iptables.stdout.trim().replace(/^iptables v/, ''),
    ipset: /v(\S+?),/.exec(ipset.stdout)?.[1] ?? 'unknown',
    node: process.version,
    load: loadavg()[0] ?? 0,
  }
}

export function machineLine({ kernel, processor, cores, iptables, ipset, node }: Machine): string {
  return `Linux ${kernel}, ${cores} cores (${processor}), iptables ${iptables}, ipset ${ipset}, Node ${node}`
}

/** A warning where other programs take a good part of the machine. */
export function loadLine({ load, cores }: Machine): string | undefined {
  return load > cores / 2
    ? `the machine is busy (load ${load.toFixed(1)} on ${cores} cores): the ratios may be off`
    : undefined
}
