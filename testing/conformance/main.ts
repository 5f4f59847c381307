import { onKernel } from '../kernel.ts'
import { readCorpus } from './corpus.ts'
import { conformance } from './run.ts'

const usage = 'usage: npm run conformance -- [-v] PATH...\n'

const words = process.argv.slice(2)
const verbose = words.includes('-v')
const paths = words.filter((word) => word !== '-v')
if (paths.length === 0 || paths.some((path) => path.startsWith('-'))) {
  process.stderr.write(usage)
  process.exitCode = 2
} else {
  const { lines, failures } = conformance(paths.flatMap(readCorpus), onKernel, verbose)
  process.stdout.write(`${lines.join('\n')}\n`)
  process.exitCode = failures === 0 ? 0 : 1
}
