import { afterEach, expect, test } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { backends, families, plainName } from './programs.ts'
import { RestorePipe } from './restore.ts'
import { save, saveInPieces } from './save.ts'

const combinations = families.flatMap((family) => backends.map((backend) => ({ family, backend })))
const undated = (text: string): string => text.replaceAll(/^# .*\n/gm, '')

describeOnKernel.each(combinations)('save, $family $backend', ({ family, backend }) => {
  const command = `${plainName(family)}-${backend}`

  afterEach(async () => {
    await runCommand(command, ['-w', '-F'])
  })

  test('gives what the program prints, and none of its warnings', async () => {
    for (const other of backends)
      await runCommand(`${plainName(family)}-${other}`, ['-w', '-A', 'INPUT', '-i', 'eth1', '-j', 'DROP'])
    const { stdout } = await runCommand(`${command}-save`, [])
    const text = await save({ family, backend })
    expect(undated(text)).toBe(undated(stdout))
    expect(text).toContain('\n-A INPUT -i eth1 -j DROP\n')
    for (const other of backends) await runCommand(`${plainName(family)}-${other}`, ['-w', '-F'])
  })

  test('reads one table, with counters', async () => {
    await using pipe = new RestorePipe({ family, backend })
    await pipe.commit({ table: 'filter', lines: ['-A INPUT -c 7 900 -i eth1 -j DROP'] })
    const text = await save({ family, backend, table: 'filter', counters: true })
    // ip6tables-nft 1.8.9 takes counters and forgets them.
    expect(text).toMatch(/\n\[(?:7:900|0:0)\] -A INPUT -i eth1 -j DROP\n/)
    expect(text.match(/^\*/gm)).toHaveLength(1)
  })

  test('comes in pieces of whole lines while it is printed', async () => {
    await using pipe = new RestorePipe({ family, backend })
    const lines = Array.from({ length: 400 }, (_, port) => `-A INPUT -p tcp --dport ${port} -j DROP`)
    for (let round = 0; round < 5; round++) await pipe.commit({ table: 'filter', lines })
    const pieces: string[] = []
    for await (const piece of saveInPieces({ family, backend })) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.filter((piece) => !piece.endsWith('\n'))).toEqual([])
    expect(undated(pieces.join(''))).toBe(undated(await save({ family, backend })))
  })

  test('a table that does not exist has a code', async () => {
    await expect(save({ family, backend, table: 'nosuch' })).rejects.toMatchObject({ code: 'table-unknown' })
    await expect(save({ family, backend, table: '--help' })).rejects.toMatchObject({ code: 'table-unknown' })
  })

  test('no program, no rules', async () => {
    await expect(save({ family, backend, searchPath: '/nowhere' })).rejects.toMatchObject({
      code: 'iptables-not-installed',
    })
  })
})
