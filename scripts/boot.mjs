// @ts-check
import { join } from 'node:path'
import { foreground } from './foreground.mjs'
import { root, runScript, setUp } from './setup.mjs'

await runScript(async () => {
  if (process.getuid?.() !== 0) throw new Error('a machine is started in a container, which only root may do')
  const { node, environment } = await setUp({ system: ['debootstrap', 'nspawn', 'unshare'] })
  // The machine ends with the program, however that ends.
  const processes = ['unshare', '--pid', '--mount-proc', '--fork', '--kill-child', '--']
  const program = [node, join(root, 'testing/boot/main.ts'), ...process.argv.slice(2)]
  return foreground([...processes, ...program], environment, { killed: true })
})
