import { setTimeout } from 'node:timers/promises'
import type { Network } from '../testing/network.ts'
import type { Lane, Packet } from './packet.ts'

/** Milliseconds from one packet of a client to its next. */
const PERIOD = 200
/** Milliseconds without an answer after which a packet counts as lost. */
const PATIENCE = 500

const target = { protocol: 'udp', port: 7, waitMs: PATIENCE } as const

/** Clients that send datagrams to a victim at a steady pace, and what became of each. */
export class Traffic<Name extends string> {
  readonly lanes: readonly (Lane & { readonly name: Name; readonly packets: Packet[] })[]
  readonly #network: Network<Name>
  readonly #victim: Name
  readonly #changed: () => void
  readonly #underWay = new Set<Promise<void>>()
  #failure: unknown

  /** @param changed called whenever a packet was sent, and when it is known what became of it */
  constructor(network: Network<Name>, victim: Name, clients: readonly Name[], changed: () => void) {
    this.#network = network
    this.#victim = victim
    this.#changed = changed
    this.lanes = clients.map((name) => ({ name, address: network.host(name).ipv4, packets: [] }))
  }

  /** Packets that each client has sent. */
  get count(): number {
    return this.lanes[0]?.packets.length ?? 0
  }

  /** Waits until sender and receiver are ready for the first packet. */
  async prepare(): Promise<void> {
    for (const { name } of this.lanes) {
      if (!(await this.#network.reaches(name, this.#victim, { ...target, waitMs: 10_000 })))
        throw new Error(`nothing gets from ${name} to ${this.#victim}`)
    }
  }

  /** Sends until there is enough, and waits for nothing that is under way. */
  async sendUntil(enough: () => boolean, signal: AbortSignal): Promise<void> {
    let due = performance.now()
    while (!enough()) {
      this.#check()
      for (const { name, packets } of this.lanes) this.#send(name, packets)
      this.#changed()
      due += PERIOD
      await setTimeout(Math.max(0, due - performance.now()), undefined, { signal })
    }
  }

  /** Waits until it is known what became of every packet. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay)
    this.#check()
  }

  /** @throws the first failure to learn what became of a packet */
  #check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  #send(client: Name, packets: Packet[]): void {
    const packet: Packet = { sent: performance.now() }
    packets.push(packet)
    const way = this.#follow(client, packet).finally(() => this.#underWay.delete(way))
    this.#underWay.add(way)
  }

  /** Never rejects. */
  async #follow(client: Name, packet: Packet): Promise<void> {
    try {
      const arrived = await this.#network.reaches(client, this.#victim, target)
      packet.fate = { arrived, known: performance.now() }
      this.#changed()
    } catch (error) {
      this.#failure ??= error
    }
  }
}
