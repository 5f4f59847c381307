import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Receives datagrams and prints each as a line. Node has no unix sockets of this kind; perl is on every Debian. */
const receiver = `
use Socket; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, pack('S a*', AF_UNIX, $ARGV[0] =~ s/^@/\\0/r)) or die $!;
print "ready\\n"; while (defined recv($s, my $m, 4096, 0)) { print join(' ', split(/\\n/, $m)), "\\n" }
`

/** What stands in for systemd: a socket that hears what a service tells. */
export interface TestServiceManager extends AsyncDisposable {
  /** All that was told, the assignments of one message in one line. */
  readonly told: readonly string[]
}

/** @param address a path, or `@` and a name of the abstract kind */
export async function startServiceManager(address: string): Promise<TestServiceManager> {
  const perl = spawn('perl', ['-e', receiver, address], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(perl, 'exit')
  const told: string[] = []
  let rest = ''
  perl.stdout.setEncoding('utf8')
  await once(perl.stdout, 'data')
  perl.stdout.on('data', (piece: string) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    told.push(...lines)
  })
  return {
    told,
    async [Symbol.asyncDispose]() {
      perl.kill()
      await ended
    },
  }
}
