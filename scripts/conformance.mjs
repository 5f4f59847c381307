// @ts-check
import { join, resolve } from 'node:path'
import { foreground } from './foreground.mjs'
import { namespaceRefused, privateNamespace } from './namespace.mjs'
import { root, runScript, say, setUp } from './setup.mjs'

await runScript(async () => {
  const { node, environment } = await setUp({ system: ['iptables', 'ipset', 'ip', 'unshare'] })
  // npm runs scripts in the repository; a path is meant from where npm was called.
  const here = process.env.INIT_CWD ?? process.cwd()
  const words = process.argv.slice(2).map((word) => (word.startsWith('-') ? word : resolve(here, word)))
  const program = [node, join(root, 'testing/conformance/main.ts'), ...words]
  const namespace = privateNamespace(environment)
  if (namespace !== undefined)
    return foreground(
      [...namespace, ...program],
      { ...environment, CHAINMAIL_TESTS_ON_KERNEL: '1' },
      { killed: true },
    )
  say(`the cases are run over the model alone: ${namespaceRefused}`)
  return foreground(program, environment)
})
