import { spawnSync } from 'node:child_process'
import type { Backend, Family } from 'chainmail'

/** What a program answered. */
export interface Tried {
  readonly ok: boolean
  readonly words: string
  readonly printed: string
}

/** The iptables programs of one backend and family, in this network namespace. */
export class Programs {
  readonly #prefix: string
  /** In which the model reads and writes what they print. */
  readonly context: { readonly family: Family; readonly iptables?: '1.8.11' }

  constructor(backend: Backend, family: Family) {
    this.#prefix = `${family === 'ipv4' ? 'iptables' : 'ip6tables'}-${backend}`
    const version = / v1\.8\.(\d+)/.exec(run(this.#prefix, ['--version'], '').printed)?.[1]
    this.context = Number(version) >= 11 ? { family, iptables: '1.8.11' } : { family }
  }

  /** Loads a dump with its counters; the tables that it names hold nothing else afterwards. */
  load(dump: string): Tried {
    return run(`${this.#prefix}-restore`, ['-c'], dump)
  }

  /** Whether the program itself understands a dump, whatever the kernel says to it. */
  understands(dump: string): Tried {
    return run(`${this.#prefix}-restore`, ['--test'], dump)
  }

  /** What save prints, with counters and without comments. */
  saved(): string {
    const { status, stdout, stderr } = spawnSync(`${this.#prefix}-save`, ['-c'], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${this.#prefix}-save: ${stderr}`)
    return stdout.replace(/^#.*\n/gm, '')
  }
}

function run(program: string, words: readonly string[], input: string): Tried {
  const { status, stdout, stderr } = spawnSync(program, words, { input, encoding: 'utf8' })
  const lines = stderr.trim().split('\n')
  // A missing module is warned of before what is said of the rule; nft says that on a line of its own.
  const [first = lines[0] ?? '', second = ''] = lines.filter((line) => !line.startsWith('Warning: '))
  const said = first.endsWith(': ') ? first + second : first
  return { ok: status === 0, words: said, printed: stdout }
}

/** Whether the words speak of what this host lacks: a set, a chain, an extension, the name of a port. */
export function lacksState(words: string): boolean {
  return /does(?:n't| not) exist|No chain\/target\/match|Couldn't load|unknown (?:match|target)|invalid port\/service/i.test(
    words,
  )
}
