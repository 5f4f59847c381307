import { constants } from 'node:os'
import { chooseStyle } from '../packages/cli/src/terminal/style.ts'
import { LiveScreen, PlainScreen, type Screen } from './screen.ts'
import { tell } from './story.ts'

/** Ends with 0 only if all that is claimed was seen. */
const { stdout } = process
const style = chooseStyle(stdout.isTTY, process.env)
const moves = stdout.isTTY && process.env.TERM !== 'dumb'
const screen: Screen = moves
  ? new LiveScreen(stdout, style)
  : new PlainScreen((text) => stdout.write(text), style)

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(name, () => {
    process.exitCode = 128 + constants.signals[name]
    interrupted.abort()
  })

try {
  const claims = await tell(screen, interrupted.signal)
  screen.say()
  for (const { holds, text } of claims) screen.say(`  ${holds ? style.good('✔') : style.bad('✘')} ${text}`)
  screen.say()
  if (!claims.every(({ holds }) => holds)) process.exitCode = 1
} catch (error) {
  if (!interrupted.signal.aborted) {
    screen.say()
    process.stderr.write(`chainmail: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
} finally {
  screen.close()
}
