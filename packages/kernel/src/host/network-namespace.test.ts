import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { networkNamespace } from './network-namespace.ts'

describeOnKernel('the name of a network namespace', () => {
  it('stays the same within it, and is another one in another', () => {
    const file = JSON.stringify(new URL('network-namespace.ts', import.meta.url).href)
    const program = `import(${file}).then(({ networkNamespace }) => console.log(networkNamespace()))`
    const named = (...before: string[]): string =>
      execFileSync('/usr/bin/env', [...before, process.execPath, '-e', program], { encoding: 'utf8' }).trim()
    expect(named()).toBe(networkNamespace())
    expect(named('unshare', '--net')).not.toBe(networkNamespace())
  })
})
