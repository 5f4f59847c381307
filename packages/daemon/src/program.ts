import { readFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { giveBackMemory } from '@chainmail/kernel'
import type { Logger } from 'pino'
import {
  configurationHelp,
  LiveConfiguration,
  type RunInvocation,
  readInvocation,
} from './configuration/index.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import { codeOf } from './errors.ts'
import { openLog } from './log/logger.ts'
import { expectedSocket, isRootByName } from './paths.ts'
import { isProblemCode } from './problems.ts'
import { serviceManager } from './service-manager.ts'
import { SpareMemory } from './spare-memory.ts'
import { startReport } from './start-report.ts'

const version = readVersion()

try {
  const invocation = readInvocation(process.argv.slice(2))
  if (invocation.kind === 'help') process.stdout.write(configurationHelp())
  else if (invocation.kind === 'version') process.stdout.write(`chainmail ${version}\n`)
  else await run(invocation)
} catch (error) {
  const code = codeOf(error)
  // What has a code of ours is a sentence for the user; anything else is a fault, told with its stack.
  if (!(error instanceof Error) || code === undefined || !isProblemCode(code)) throw error
  process.stderr.write(`chainmail: ${error.message}\n`)
  process.exitCode = code === 'bad-setting' ? 2 : 1
}

async function run(started: RunInvocation): Promise<void> {
  // All code is loaded; from here on load/heap-growth.ts decides.
  setFlagsFromString('--no-optimize-for-size')
  const configuration = new LiveConfiguration(started)
  const log = openLog(configuration.logLevel)
  const manager = serviceManager()
  let certificates: Daemon['certificates']
  // Until it does, the service manager is not told that it is ready.
  let answers = false
  const stop = Promise.withResolvers<NodeJS.Signals>()
  // Only once: a second signal ends the process at once.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop.resolve)
  // A terminal that is closed sends SIGHUP too, and means the end.
  if (process.stdin.isTTY || process.stderr.isTTY) process.once('SIGHUP', stop.resolve)
  else
    process.on('SIGHUP', () => {
      if (answers) manager.reloading()
      reload(configuration, log)
      certificates?.reload()
      if (answers) manager.ready('settings read anew')
    })

  const daemon = await startDaemon({ configuration, version, log })
  certificates = daemon.certificates
  const { urls, socket, found } = daemon
  process.stdout.write(
    startReport(daemon, {
      version,
      privateNetwork: isRootByName(),
      ownSocket: expectedSocket() === socket,
    }),
  )
  log.info({ urls, socket, configuration: started.file }, 'started')
  answers = true
  manager.ready(found.bans instanceof Error ? found.bans.message : `${found.bans} bans restored`)
  // Now, for a process that is killed does not. Of what is there already nothing is written.
  flushCompileCache()
  const onFault = (error: unknown, about: string) => log.warn({ err: error }, about)
  using _ = new SpareMemory({ giveBack: giveBackMemory, onFault })

  const signal = await stop.promise
  manager.stopping()
  log.info({ signal }, 'stopping')
  await daemon.close()
  log.info('stopped')
}

/** Reads all settings anew. A mistake in them leaves everything as it was. */
function reload(configuration: LiveConfiguration, log: Logger): void {
  try {
    const next = readInvocation(process.argv.slice(2))
    if (next.kind !== 'run') return
    const { changed, needRestart } = configuration.reload(next)
    log.level = configuration.logLevel
    log.info({ configuration: next.file, changed }, 'settings read anew')
    if (needRestart.length > 0)
      log.warn({ settings: needRestart }, 'changed settings that hold after a restart only')
  } catch (error) {
    if (codeOf(error) !== 'bad-setting' || !(error instanceof Error)) throw error
    log.error({ mistakes: error.message.split('\n') }, 'the settings are wrong, and stay as they were')
  }
}

function readVersion(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  if (typeof file === 'object' && file !== null && 'version' in file && typeof file.version === 'string')
    return file.version
  throw new TypeError('package.json has no version')
}
