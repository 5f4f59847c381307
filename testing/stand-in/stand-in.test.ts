import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../kernel.ts'
import { type Difference, differences } from './differences.ts'
import type { TwinStep } from './step.ts'

const scenarios = readFileSync(new URL('command-lines.txt', import.meta.url), 'utf8')
  .replace(/^#.*\n/gm, '')
  .split(/\n{2,}/)
  .map((block) => block.split('\n').filter((line) => line !== ''))
  .filter((lines) => lines.length > 0)

describeOnKernel.each(['nft', 'legacy'] as const)('the programs of iptables on the %s backend', (backend) => {
  it('are stood in for with the same output, errors, exit codes and rules', async () => {
    const [real, ours] = await Promise.all([twin('real', backend), twin('stand-in', backend)])
    expect(ours.map(({ line }) => line)).toEqual(real.map(({ line }) => line))
    const unequal = real.flatMap((step, index) => {
      const other = ours[index]
      return other !== undefined && sameStep(step, other) ? [] : [{ real: step, ours: other }]
    })
    const named = differences.filter(
      (difference) => difference.backend === undefined || difference.backend === backend,
    )
    expect(
      unequal.filter(({ real: { line } }) => !named.some((difference) => difference.line.test(line))),
    ).toEqual([])
    expect(
      named.filter(({ line }) => !unequal.some(({ real: step }) => line.test(step.line))).map(whyOf),
    ).toEqual([])
  }, 120_000)
})

function whyOf({ why }: Difference): string {
  return why
}

function sameStep(one: TwinStep, other: TwinStep): boolean {
  const plain = ({ code, stdout, stderr, rules }: TwinStep): string =>
    JSON.stringify([code, withoutTime(stdout), stderr, rules])
  return plain(one) === plain(other)
}

/** iptables-save tells when it was called. */
function withoutTime(stdout: string): string {
  return stdout.replace(/^(# (?:Generated|Completed) .*on ).*$/gm, '$1…')
}

/** Runs all scenarios in a network namespace of their own. */
async function twin(mode: 'real' | 'stand-in', backend: 'nft' | 'legacy'): Promise<readonly TwinStep[]> {
  const program = join(import.meta.dirname, 'twin.ts')
  const child = spawn('unshare', ['--net', process.execPath, program, mode, backend], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(scenarios))
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  expect(code).toBe(0)
  return JSON.parse(output)
}
