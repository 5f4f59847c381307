import type { Style } from '../packages/cli/src/terminal/style.ts'
import type { Lane, Packet } from './packet.ts'

/** A word under the lanes, at the packet from which on it holds. */
export interface Caption {
  readonly packet: number
  readonly text: string
}

/** Blanks at the left edge. */
const MARGIN = 2

/** A line for each client, with a mark for each of its packets, and a line of captions. */
export function drawLanes(
  lanes: readonly Lane[],
  captions: readonly Caption[],
  columns: number,
  style: Style,
): string[] {
  const labels = labelsOf(lanes)
  const labelWidth = MARGIN + Math.max(...labels.map((label) => label.length)) + 2
  // The last column stays free: some terminals begin a new line when it is written to.
  const room = Math.max(0, columns - labelWidth - 1)
  const longest = Math.max(...lanes.map(({ packets }) => packets.length))
  const first = Math.max(0, longest - room)
  const rows = lanes.map(({ packets }, index) => {
    const label = style.dim(`${' '.repeat(MARGIN)}${labels[index] ?? ''}`.padEnd(labelWidth))
    return label + drawPackets(packets.slice(first), style)
  })
  const shown = captions.filter(({ packet }) => packet >= first)
  let line = ''
  for (const { packet, text } of shown) {
    line = `${line.padEnd(labelWidth + packet - first)}▲ ${text}`
  }
  return [...rows, style.dim(line.slice(0, columns - 1))]
}

/** `●` arrived, `×` lost, `·` under way. */
export function drawPackets(packets: readonly Packet[], style: Style): string {
  const marks = packets.map(({ fate }) => {
    if (fate === undefined) return style.dim('·')
    return fate.arrived ? style.good('●') : style.bad('×')
  })
  return marks.join('')
}

/** Names and addresses, each in a column of its own. */
function labelsOf(lanes: readonly Lane[]): string[] {
  const width = Math.max(...lanes.map(({ name }) => name.length))
  return lanes.map(({ name, address }) => `${name.padEnd(width)}  ${address}`)
}
