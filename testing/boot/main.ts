import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { claims } from './claims.ts'
import { Machine } from './machine.ts'

const checkout = join(import.meta.dirname, '../..')

if (process.argv.length > 2) {
  process.stderr.write('usage: npm run boot\n')
  process.exitCode = 2
} else {
  process.exitCode = (await run()) ? 0 : 1
}

/** @returns whether everything held */
async function run(): Promise<boolean> {
  // systemd wants its root folder on a disk, where files have owners.
  const folder = mkdtempSync('/var/tmp/chainmail-boot-')
  try {
    say('a Debian is installed, which takes a minute')
    await using machine = await Machine.install(folder, checkout)
    await machine.start()
    for (const { what, holds } of claims) {
      const began = performance.now()
      try {
        await holds(machine)
      } catch (error) {
        say(`FAILED  ${what}: ${error instanceof Error ? error.message : String(error)}`)
        say((await machine.run('journalctl', '--no-pager', '--lines=40', '--output=short')).stdout)
        return false
      }
      say(`${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${what}`)
    }
    await machine.stop()
    return true
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
