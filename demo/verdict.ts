import type { Packet } from './packet.ts'

/** What was seen of the two clients. Times are milliseconds as `performance.now()` gives them. */
export interface Observation {
  /** Of the client that was banned. */
  readonly alice: readonly Packet[]
  /** Of the client that was not. */
  readonly bob: readonly Packet[]
  /** When the ban was asked for. */
  readonly called: number
  /** When it was answered. */
  readonly answered: number
  /** For how long, in seconds. */
  readonly seconds: number
  /** The bans that the daemon lists after the end. */
  readonly bansLeft: number
  /** Packets that the rule has dropped, by the kernel's own count. */
  readonly dropped: number
}

/** What the demo says that it has shown, and whether it was really seen. */
export interface Claim {
  readonly holds: boolean
  readonly text: string
}

/** Milliseconds that a timeout of the kernel may be early: a tick of the slowest clock, CONFIG_HZ=100. */
const TICK = 10

/** Compares what was seen with what has to be. */
export function judge(seen: Observation): Claim[] {
  const before = seen.alice.filter(({ fate }) => fate !== undefined && fate.known < seen.called)
  const after = seen.alice.filter(({ sent }) => sent > seen.answered)
  const end = seen.called + seen.seconds * 1000 - TICK
  const leaked = after.filter((packet) => arrived(packet) && (packet.fate?.known ?? 0) < end)
  const first = after.find((packet) => arrived(packet) && !leaked.includes(packet))
  const stopped = after.filter((packet) => !arrived(packet))
  const again = first === undefined ? [] : after.filter(({ sent }) => sent >= first.sent)
  const lost = seen.alice.filter((packet) => !arrived(packet)).length
  const bobs = seen.bob.filter(arrived).length
  const seconds = first === undefined ? undefined : ((first.sent - seen.called) / 1000).toFixed(1)

  return [
    {
      holds: before.length > 0 && before.every(arrived),
      text: `before the ban ${before.filter(arrived).length} of alice's ${before.length} packets arrived`,
    },
    {
      holds: stopped.length > 0 && leaked.length === 0,
      text: `from the answer to the end of the ban ${leaked.length === 0 ? 'none' : leaked.length} of ${stopped.length + leaked.length} arrived`,
    },
    {
      holds: first !== undefined && again.every(arrived) && seen.bansLeft === 0,
      text:
        seconds === undefined
          ? `after the ban's ${seen.seconds} seconds alice's packets did not arrive again`
          : `the ban ran out by itself ${seconds} s after the call; ${again.filter(arrived).length} of ${again.length} arrived since`,
    },
    {
      holds: seen.bob.length > 0 && bobs === seen.bob.length,
      text: `bob was unharmed: ${bobs} of his ${seen.bob.length} packets arrived`,
    },
    {
      holds: seen.dropped === lost,
      text: `the kernel agrees: its rule dropped ${seen.dropped} packets, and alice lost ${lost}`,
    },
  ]
}

function arrived({ fate }: Packet): boolean {
  return fate?.arrived === true
}
