#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { type Configuration, configurationHelp, readInvocation } from './configuration.ts'
import { startDaemon } from './daemon.ts'
import { codeOf } from './errors.ts'
import { expectedSocket, isRootByName } from './paths.ts'
import { isProblemCode } from './problems.ts'
import { startReport } from './start-report.ts'

const version = readVersion()

try {
  const invocation = readInvocation(process.argv.slice(2))
  if (invocation.kind === 'help') process.stdout.write(configurationHelp())
  else if (invocation.kind === 'version') process.stdout.write(`chainmail ${version}\n`)
  else await run(invocation.configuration)
} catch (error) {
  const code = codeOf(error)
  // What has a code of ours is a sentence for the user; anything else is a fault, told with its stack.
  if (!(error instanceof Error) || code === undefined || !isProblemCode(code)) throw error
  process.stderr.write(`chainmail: ${error.message}\n`)
  process.exitCode = code === 'bad-setting' ? 2 : 1
}

async function run(configuration: Configuration): Promise<void> {
  const log = pino(
    { name: 'chainmail', level: configuration.logLevel },
    pino.destination({ dest: 2, sync: true }),
  )
  const stop = Promise.withResolvers<NodeJS.Signals>()
  // Only once: a second signal ends the process at once.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop.resolve)

  const daemon = await startDaemon({ configuration, version, log })
  process.stdout.write(
    startReport(daemon, {
      version,
      privateNetwork: isRootByName(),
      ownSocket: expectedSocket() === daemon.socket,
    }),
  )
  log.info({ urls: daemon.urls, socket: daemon.socket }, 'started')

  const signal = await stop.promise
  log.info({ signal }, 'stopping')
  await daemon.close()
  log.info('stopped')
}

function readVersion(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  if (typeof file === 'object' && file !== null && 'version' in file && typeof file.version === 'string')
    return file.version
  throw new TypeError('package.json has no version')
}
