import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { openFirewall } from './firewall.ts'

const LIBRARY = fileURLToPath(new URL('../index.ts', import.meta.url))

describeOnKernel.each(['nft', 'legacy'] as const)('beside other writers on the %s backend', (backend) => {
  const program = `iptables-${backend}`
  const sources = (network: string, count: number) =>
    Array.from({ length: count }, (_, number) => `${network}.${number}/32`)
  const shell = (script: string) => runCommand('sh', ['-ec', script])

  /** The sources of the rules of INPUT. */
  async function held(): Promise<string[]> {
    const { stdout } = await runCommand(`${program}-save`, ['-t', 'filter'])
    return Array.from(stdout.matchAll(/^-A INPUT -s (\S+) /gm), ([, source = '']) => source)
  }

  /** A loop of a shell that adds one rule after another. */
  const loop = (network: string, count: number) =>
    shell(
      `i=0; while [ $i -lt ${count} ]; do ${program} -w -A INPUT -s ${network}.$i -j DROP; i=$((i+1)); done`,
    )

  /** Another process with the library. */
  const library = (network: string, count: number) =>
    runCommand(execPath, [
      '--input-type=module-typescript',
      '--disable-warning=ExperimentalWarning',
      '--eval',
      `import { openFirewall } from ${JSON.stringify(LIBRARY)}
       await using firewall = await openFirewall({ backend: '${backend}' })
       const chain = firewall.chain('INPUT')
       for (let number = 0; number < ${count}; number++)
         await chain.insert({ source: \`${network}.\${number}\`, target: 'DROP' })`,
    ])

  afterEach(async () => {
    await runCommand(program, ['-F'])
    await runCommand(program, ['-X'])
  })

  it('nothing of anybody is lost, and nobody fails', async () => {
    await using firewall = await openFirewall({ backend })
    const input = firewall.chain('INPUT')
    const ours = sources('10.0.0', 200)
    await Promise.all([
      Promise.all(ours.slice(0, 100).map((source) => input.append({ source, target: 'DROP' }))),
      (async () => {
        for (const source of ours.slice(100)) await input.insert({ source, target: 'DROP' })
      })(),
      loop('10.0.1', 60),
      loop('10.0.2', 60),
      library('10.0.3', 100),
      library('10.0.4', 100),
    ])
    const expected = [
      ...ours,
      ...sources('10.0.1', 60),
      ...sources('10.0.2', 60),
      ...sources('10.0.3', 100),
      ...sources('10.0.4', 100),
    ]
    expect((await held()).toSorted()).toEqual(expected.toSorted())
  })

  it('scripts that look first, and make and remove chains, find what they expect', async () => {
    await using firewall = await openFirewall({ backend })
    const input = firewall.chain('INPUT')
    let done = false
    const writing = (async () => {
      for (let number = 0; !done; number = (number + 1) % 250) {
        const rule = { source: `10.0.0.${number}`, target: 'DROP' } as const
        await input.insert(rule)
        await firewall.transaction((transaction) => {
          transaction.createChain('app')
          transaction.append('app', rule)
          transaction.insert('INPUT', { target: 'app' })
        })
        await firewall.transaction((transaction) => {
          transaction.delete('INPUT', { target: 'app' })
          transaction.delete('INPUT', rule)
          transaction.flushChain('app')
          transaction.removeChain('app')
        })
      }
    })()
    const docker = (name: string) =>
      shell(`for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
        ${program} -w -N ${name}
        ${program} -w -C FORWARD -j ${name} 2>/dev/null || ${program} -w -I FORWARD -j ${name}
        ${program} -w -C ${name} -s 172.17.0.$i -j ACCEPT 2>/dev/null || ${program} -w -A ${name} -s 172.17.0.$i -j ACCEPT
        ${program} -w -C ${name} -s 172.17.0.$i -j ACCEPT
        ${program} -w -D FORWARD -j ${name}
        ${program} -w -F ${name}
        ${program} -w -X ${name}
      done
      ${program} -w -N ${name}
      ${program} -w -I FORWARD -j ${name}`)
    await Promise.all([docker('DOCKER-A'), docker('DOCKER-B')]).finally(() => {
      done = true
    })
    await writing
    const { stdout } = await runCommand(`${program}-save`, ['-t', 'filter'])
    const rules = stdout.split('\n').filter((line) => line.startsWith('-A'))
    expect(rules.toSorted()).toEqual(['-A FORWARD -j DOCKER-A', '-A FORWARD -j DOCKER-B'])
  })
})
