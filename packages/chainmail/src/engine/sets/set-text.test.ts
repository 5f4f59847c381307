import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from '../firewall.ts'

function run(...args: string[]): string {
  return execFileSync('ipset', args, { encoding: 'utf8' })
}

describeOnKernel('the text of sets', () => {
  let firewall: Firewall

  beforeEach(async () => {
    firewall = await openFirewall()
  })

  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    run('flush')
    run('destroy')
  })

  it('is what ipset save prints, and makes the same sets when it is restored', async () => {
    const nets = await firewall.set('nets', { type: 'hash:net', timeout: 0, comment: true })
    await nets.addMany(
      Array.from({ length: 2_000 }, (_, index) => ({
        element: `10.${index >> 8}.${index & 255}.0/24`,
        comment: `number ${index}`,
      })),
    )
    await (await firewall.set('list', { type: 'list:set' })).add('nets')
    const text = run('save')
    const inOrder = run('-sorted', 'save')
    expect(await firewall.saveSets()).toBe(text)
    expect(await firewall.saveSets('list')).toBe(run('save', 'list'))
    run('flush')
    run('destroy')
    expect(await firewall.saveSets()).toBe('')
    await firewall.restoreSets(text)
    expect(run('-sorted', 'save')).toBe(inOrder)
  })

  it('may swap, rename, flush, delete and destroy', async () => {
    await firewall.restoreSets(
      [
        'create a hash:ip',
        'create b hash:ip',
        'add a 192.0.2.1',
        'add -exist a 192.0.2.1',
        'add b 192.0.2.2',
        'swap a b',
        'flush b',
        'destroy b',
        'rename a c',
        'add c 192.0.2.3',
        'del c 192.0.2.2',
        '',
      ].join('\n'),
    )
    expect(run('save')).toMatch(/^create c [^\n]*\nadd c 192\.0\.2\.3\n$/)
  })

  it.each([
    ['add a 192.0.2.2\nadd a 192.0.2.3\nadd a ::1\nadd a 192.0.2.4\n', 4, 'set-family-mismatch'],
    ['add a 192.0.2.2\nadd a 192.0.2.3\nadd a\n', 4, 'bad-restore-line'],
    ['add a 192.0.2.2\nadd a 192.0.2.3\ndestroy nothing\n', 4, 'set-not-found'],
    ['add a 192.0.2.2\nadd a 192.0.2.3\nadd a 192.0.2.2', 4, 'entry-exists'],
  ])('says which line is wrong, and the lines before it are done: %j', async (text, line, code) => {
    await expect(firewall.restoreSets(`create a hash:ip\n${text}`)).rejects.toMatchObject({ line, code })
    expect(run('-sorted', 'save', 'a').match(/192\S*/g)).toEqual(['192.0.2.2', '192.0.2.3'])
  })

  it('is of the version that ipset speaks', () => {
    expect(run('version')).toContain(`protocol version: ${firewall.setProtocol}`)
  })
})
