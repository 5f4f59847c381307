// @ts-check
import { join } from 'node:path'
import { foreground } from './foreground.mjs'
import { namespaceRefused, privateNamespace } from './namespace.mjs'
import { root, runScript, setUp } from './setup.mjs'

await runScript(async () => {
  const { node, environment } = await setUp({ system: ['iptables', 'ipset', 'ip', 'unshare'] })
  const namespace = privateNamespace(environment)
  if (namespace === undefined) throw new Error(`the daemon is not started here: ${namespaceRefused}`)
  const program = [node, join(root, 'testing/fuzz/main.ts'), ...process.argv.slice(2)]
  return foreground([...namespace, ...program], environment, { killed: true })
})
