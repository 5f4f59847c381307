// @ts-check
import { join } from 'node:path'
import { foreground } from './foreground.mjs'
import { namespaceRefused, privateNamespace } from './namespace.mjs'
import { root, runScript, say, setUp } from './setup.mjs'

await runScript(async () => {
  const { node, environment } = await setUp({ system: ['iptables', 'ipset', 'ip', 'unshare'] })
  const program = [node, join(root, 'testing/rules/main.ts'), ...process.argv.slice(2)]
  const namespace = privateNamespace(environment)
  if (namespace !== undefined)
    return foreground(
      [...namespace, ...program],
      { ...environment, CHAINMAIL_TESTS_ON_KERNEL: '1' },
      { killed: true },
    )
  say(`the rules are tried on the model alone: ${namespaceRefused}`)
  return foreground(program, environment)
})
