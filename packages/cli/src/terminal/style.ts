import { styleText } from 'node:util'

/** How emphasis is written: in the terminal's colours, or not at all. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly bad: (text: string) => string
  readonly good: (text: string) => string
}

type Format = Parameters<typeof styleText>[0]

const inColour = (format: Format) => (text: string) => styleText(format, text, { validateStream: false })
const asItIs = (text: string): string => text

export const colours: Style = {
  bold: inColour('bold'),
  dim: inColour('dim'),
  bad: inColour(['bold', 'red']),
  good: inColour('green'),
}

export const plain: Style = { bold: asItIs, dim: asItIs, bad: asItIs, good: asItIs }

/**
 * Colours on a terminal only. FORCE_COLOR asks for them everywhere (`0` and `false`: nowhere) and wins over
 * NO_COLOR, as in Node itself; https://no-color.org, https://force-color.org.
 */
export function chooseStyle(isTerminal: boolean, environment: NodeJS.ProcessEnv): Style {
  const { FORCE_COLOR: force = '', NO_COLOR: no = '', TERM: kind = '' } = environment
  if (force !== '') return force === '0' || force === 'false' ? plain : colours
  return isTerminal && no === '' && kind !== 'dumb' ? colours : plain
}
