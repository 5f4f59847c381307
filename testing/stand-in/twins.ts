import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Backend } from '@chainmail/kernel'
import { expect } from 'vitest'
import { type Difference, differences } from './differences.ts'
import { sameStep, type TwinStep } from './step.ts'

/** The lists of command lines in a file, of which each begins on an empty firewall. */
export function scenariosIn(file: string): readonly (readonly string[])[] {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
    .replace(/^#.*\n/gm, '')
    .split(/\n{2,}/)
    .map((block) => block.split('\n').filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
}

/** Expects of the stand-in what the real programs print, how they end, and what the kernel holds then. */
export async function expectTwins(
  programs: Difference['programs'],
  scenarios: readonly (readonly string[])[],
  backend: Backend,
): Promise<void> {
  const [real, ours] = await Promise.all([
    twin('real', backend, scenarios),
    twin('stand-in', backend, scenarios),
  ])
  expect(ours.map(({ line }) => line)).toEqual(real.map(({ line }) => line))
  const unequal = real.flatMap((step, index) => {
    const other = ours[index]
    return other !== undefined && sameStep(step, other) ? [] : [{ real: step, ours: other }]
  })
  const named = differences.filter(
    (difference) =>
      difference.programs === programs &&
      (difference.backend === undefined || difference.backend === backend),
  )
  expect(
    unequal.filter(({ real: { line } }) => !named.some((difference) => difference.line.test(line))),
  ).toEqual([])
  expect(
    named.filter(({ line }) => !unequal.some(({ real: step }) => line.test(step.line))).map(({ why }) => why),
  ).toEqual([])
}

/** Runs all scenarios in a network namespace of their own. */
async function twin(
  mode: 'real' | 'stand-in',
  backend: Backend,
  scenarios: readonly (readonly string[])[],
): Promise<readonly TwinStep[]> {
  const program = join(import.meta.dirname, 'twin.ts')
  const child = spawn('unshare', ['--net', process.execPath, program, mode, backend], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(scenarios))
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  expect(code).toBe(0)
  return JSON.parse(output)
}
