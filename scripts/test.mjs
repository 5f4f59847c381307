// @ts-check
import { join } from 'node:path'
import { foreground } from './foreground.mjs'
import { namespaceRefused, privateNamespace } from './namespace.mjs'
import { root, runScript, say, setUp } from './setup.mjs'

/**
 * The environment without what would let this user's own chainmail, or its settings, reach into the tests.
 * @param {NodeJS.ProcessEnv} environment
 */
function ofNobody(environment) {
  const own = Object.entries(environment).filter(([name]) => !/^(XDG_|CHAINMAIL_|XTABLES_)/.test(name))
  return Object.fromEntries(own)
}

await runScript(async () => {
  const { node, environment: ofUser } = await setUp({
    system: ['iptables', 'ipset', 'ip', 'nft', 'curl', 'openssl', 'ping', 'systemd', 'unshare'],
  })
  const environment = ofNobody(ofUser)
  // The configuration is loaded as it is: bundling it would write into node_modules, which may be another user's.
  const vitest = [
    node,
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--root',
    root,
    '--configLoader',
    'native',
  ]
  const words = process.argv.slice(2)

  const namespace = privateNamespace(environment)
  if (namespace !== undefined) {
    return foreground(
      [...namespace, ...vitest, ...words],
      { ...environment, CHAINMAIL_TESTS_ON_KERNEL: '1' },
      { killed: true },
    )
  }
  if (process.env.CI === 'true') throw new Error(`the tests on the kernel can't run: ${namespaceRefused}`)
  say(`the tests on the kernel are skipped: ${namespaceRefused}`)
  return foreground([...vitest, ...words], environment)
})
