import { CHECKOUT, eventually, type Machine } from './machine.ts'

/** Something that the service has to do under a real systemd, and how it is seen. */
export interface Claim {
  readonly what: string
  /** @throws Error where it is not so */
  readonly holds: (machine: Machine) => Promise<void>
}

const NODE = `${CHECKOUT}/node_modules/.bin/node`
const COMMAND = `${CHECKOUT}/packages/cli/bin/chainmail.mjs`
const BANNED = '198.51.100.7'
/** CAP_NET_ADMIN and CAP_NET_RAW, linux/capability.h. */
const CAPABILITIES = '0000000000003000'
/** Who asks what is in the kernel when the network may come up. */
const BEFORE_NETWORK = `[Unit]
DefaultDependencies=no
Wants=network-pre.target
After=network-pre.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'iptables-save > /root/at-boot; ipset save >> /root/at-boot'
[Install]
WantedBy=sysinit.target
`
const ruleFor = (port: number) =>
  `*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport ${port} -j DROP\nCOMMIT\n`

/** In their order: each begins with what the one before it has left. */
export const claims: readonly Claim[] = [
  {
    what: 'chainmail install puts the service in place, and it starts',
    async holds(machine) {
      await chainmail(machine, 'install')
      await machine.run('systemctl', 'start', 'chainmail')
    },
  },
  {
    what: 'it runs as a user of its own with two capabilities, and can get no more',
    async holds(machine) {
      const { stdout } = await machine.run('cat', `/proc/${await mainProcess(machine)}/status`)
      expectText(stdout, `CapEff:\t${CAPABILITIES}`)
      expectText(stdout, `CapBnd:\t${CAPABILITIES}`)
      expectText(stdout, 'NoNewPrivs:\t1')
      if (/^Uid:\t0\t/m.test(stdout)) throw new Error('it is root')
    },
  },
  {
    what: 'a ban and a rule come into the kernel',
    async holds(machine) {
      await chainmail(machine, 'ban', BANNED, '--for', '1h')
      machine.write('root/first.rules', ruleFor(9001))
      await chainmail(machine, 'apply', '/root/first.rules')
      await machine.run('ipset', 'test', 'chainmail-ban4', BANNED)
      expectText(await rules(machine), '--dport 9001')
    },
  },
  {
    what: 'a request to a service that was killed waits at the socket until it has started again',
    async holds(machine) {
      await kill(machine, 'SIGKILL')
      expectText(await chainmail(machine, 'bans'), BANNED)
    },
  },
  {
    what: 'a reload is answered while nothing starts anew',
    async holds(machine) {
      const before = await mainProcess(machine)
      await machine.run('systemctl', 'reload', 'chainmail')
      if ((await mainProcess(machine)) !== before) throw new Error('it has another process')
      expectText(await chainmail(machine, 'bans'), BANNED)
    },
  },
  {
    what: 'a service that hangs is started anew by the watchdog',
    async holds(machine) {
      const before = await mainProcess(machine)
      await kill(machine, 'SIGSTOP')
      expectText(await chainmail(machine, 'bans'), BANNED)
      if ((await mainProcess(machine)) === before) throw new Error('it has the same process')
    },
  },
  {
    what: 'what is on probation is taken back though the service was stopped meanwhile',
    async holds(machine) {
      machine.write('root/second.rules', ruleFor(9002))
      await chainmail(machine, 'apply', '/root/second.rules', '--confirm-within', '5s')
      await machine.run(
        'systemctl',
        'stop',
        'chainmail.service',
        'chainmail.socket',
        'chainmail-https.socket',
      )
      expectText(await rules(machine), '--dport 9002')
      await eventually(async () => ((await rules(machine)).includes('--dport 9001') ? true : undefined))
      await machine.run('systemctl', 'start', 'chainmail')
    },
  },
  {
    what: 'after a start of the machine bans and rules are there before the network comes up',
    async holds(machine) {
      machine.write('etc/systemd/system/before-network.service', BEFORE_NETWORK)
      await machine.run('systemctl', 'enable', 'before-network')
      await machine.stop()
      await machine.start()
      const seen = machine.read('root/at-boot')
      expectText(seen, '--dport 9001')
      expectText(seen, '--match-set chainmail-ban4')
      expectText(seen, `add chainmail-ban4 ${BANNED}`)
    },
  },
  {
    what: 'on the legacy backend, whose lock belongs to root, rules come into the kernel as well',
    async holds(machine) {
      await machine.run('systemctl', 'stop', 'chainmail')
      for (const program of ['iptables', 'ip6tables'])
        await machine.run('update-alternatives', '--set', program, `/usr/sbin/${program}-legacy`)
      await machine.run('iptables', '-A', 'INPUT', '-p', 'udp', '-j', 'ACCEPT')
      await machine.run('systemctl', 'start', 'chainmail')
      await chainmail(machine, 'apply', '/root/second.rules')
      expectText((await machine.run('iptables-legacy-save')).stdout, '--dport 9002')
    },
  },
  {
    what: 'chainmail uninstall leaves nothing running and no unit',
    async holds(machine) {
      const told = await chainmail(machine, 'uninstall', '--purge')
      expectText(told, 'removed /etc/systemd/system/chainmail.service')
      for (const unit of ['chainmail.service', 'chainmail.socket', 'chainmail-https.socket']) {
        const { stdout } = await machine.run('systemctl', 'show', '--property=LoadState,ActiveState', unit)
        expectText(stdout, 'LoadState=not-found')
        expectText(stdout, 'ActiveState=inactive')
      }
      await machine.run('/bin/sh', '-c', '! getent passwd chainmail')
    },
  },
]

async function chainmail(machine: Machine, ...words: readonly string[]): Promise<string> {
  return (await machine.run(NODE, COMMAND, ...words)).stdout
}

async function rules(machine: Machine): Promise<string> {
  return (await machine.run('iptables-save')).stdout
}

async function mainProcess(machine: Machine): Promise<string> {
  return (await machine.run('systemctl', 'show', '--property=MainPID', '--value', 'chainmail')).stdout.trim()
}

async function kill(machine: Machine, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
  await machine.run('systemctl', 'kill', `--signal=${signal}`, '--kill-whom=main', 'chainmail')
}

function expectText(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`"${part}" is not in what was seen:\n${text}`)
}
