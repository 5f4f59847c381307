import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, type Request, type ScopeView } from './decision.ts'
import { Entries, type PlacedEntry, type Scope } from './entries.ts'
import { type Action, actions, type Entry, keyOf, setNetwork } from './entry.ts'
import { type Line, lineKey } from './lines.ts'
import { type Network, readNetwork } from './network.ts'
import { desiredLines, ownedSteps } from './owned-chain.ts'

const general: Line = { is: 'general', rule: '-p tcp --dport 22 -j ACCEPT' }
const foreign = (entry: Entry): Line => ({ is: 'entry', entry, rule: keyOf(entry) })
const drop = (network: string): Entry => ({
  action: 'drop',
  chain: 'input',
  family: 'ipv4',
  source: readNetwork(network),
})
const accept = (network: string): Entry => ({ ...drop(network), action: 'accept' })
const put = (entry: Entry, seconds = 0): Request => ({ do: 'put', entry, seconds })
const take = (entry: Entry): Request => ({ do: 'delete', entry })

interface Packet {
  readonly inInterface: string
  readonly outInterface: string
  readonly source: Network
  readonly destination: Network
}

/** The kernel's part of one scope, as netfilter walks through it. */
class FakeKernel {
  readonly scope: Scope
  builtIn: Line[] = []
  owned: Line[] | undefined
  readonly sets = new Map<Action, Map<string, { network: Network; end: number }>>()

  constructor(scope: Scope) {
    this.scope = scope
  }

  view(): ScopeView {
    return {
      builtIn: [...this.builtIn],
      owned: this.owned && [...this.owned],
      sets: new Set(this.sets.keys()),
    }
  }

  /** Sets first, then the owned chain, then the built-in one, as a transaction does. */
  handle(entries: Entries, requests: readonly Request[], now: number): void {
    const view = this.view()
    const { scopes } = decide(entries, (scope) => (same(scope, this.scope) ? view : undefined), requests, now)
    const [decision] = scopes
    if (decision === undefined) throw new Error('nothing was decided')
    for (const step of decision.setSteps) {
      const network = setNetwork(step.entry)
      if (network === undefined) throw new Error('an entry without a network in a set')
      const set = this.sets.get(step.entry.action) ?? new Map()
      this.sets.set(step.entry.action, set)
      if (step.do === 'remove') set.delete(network.text)
      else set.set(network.text, { network, end: step.seconds === 0 ? Infinity : now + step.seconds * 1000 })
    }
    const placed = entries.of(this.scope)
    if (placed.size > 0 || this.owned !== undefined)
      this.#fillOwned(ownedSteps(view.owned, desiredLines(this.scope, placed, [...this.sets.keys()])))
    for (const step of decision.builtInSteps) {
      if (step.do === 'insert') this.builtIn.splice(step.position - 1, 0, step.line)
      else expect(remove(this.builtIn, step.line)).toBe(step.position)
    }
  }

  #fillOwned(steps: ReturnType<typeof ownedSteps>): void {
    for (const step of steps) {
      if (step.do === 'create') {
        expect(this.owned).toBeUndefined()
        this.owned = []
      } else if (step.do === 'flush') this.owned = []
      else if (step.do === 'append') this.owned?.push(step.line)
      else if (step.do === 'delete') remove(this.owned ?? [], step.line)
      else {
        expect(step.position).toBeLessThanOrEqual((this.owned?.length ?? 0) + 1)
        this.owned?.splice(step.position - 1, 0, step.line)
      }
    }
  }

  verdict(packet: Packet, now: number): Action | 'policy' {
    for (const line of this.builtIn) {
      const found =
        line.is === 'jump' ? this.#ownedVerdict(packet, now) : this.#lineVerdict(line, packet, now)
      if (found !== undefined) return found
    }
    return 'policy'
  }

  #ownedVerdict(packet: Packet, now: number): Action | undefined {
    for (const line of this.owned ?? []) {
      const found = this.#lineVerdict(line, packet, now)
      if (found !== undefined) return found
    }
    return undefined
  }

  #lineVerdict(line: Line, packet: Packet, now: number): Action | undefined {
    if (line.is === 'entry') return matches(line.entry, packet) ? line.entry.action : undefined
    if (line.is !== 'set') return undefined
    const address = this.scope.chain === 'output' ? packet.destination : packet.source
    const set = this.sets.get(line.action)
    if (set === undefined) throw new Error(`a rule refers to the set of ${line.action}, which is not there`)
    return [...set.values()].some(({ network, end }) => end > now && within(network, address))
      ? line.action
      : undefined
  }
}

/** The number of the rule that was removed. */
function remove(lines: Line[], line: Line): number {
  const index = lines.findIndex((other) =>
    line.is === 'general' ? other.rule === line.rule : lineKey(other) === lineKey(line),
  )
  expect(index).not.toBe(-1)
  lines.splice(index, 1)
  return index + 1
}

function within(network: Network, address: Network): boolean {
  return readNetwork(`${address.text}/${network.prefix}`).text === network.text
}

function matchesInterface(pattern: string | undefined, name: string): boolean {
  if (pattern === undefined) return true
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function matches(entry: Entry, packet: Packet): boolean {
  return (
    matchesInterface(entry.inInterface, packet.inInterface) &&
    matchesInterface(entry.outInterface, packet.outInterface) &&
    (entry.source === undefined || within(entry.source, packet.source)) &&
    (entry.destination === undefined || within(entry.destination, packet.destination))
  )
}

const same = (one: Scope, other: Scope): boolean => one.chain === other.chain && one.family === other.family

/** rfw's own meaning: a list of rules, the newest first. */
class NaiveModel {
  #rules: { entry: Entry; until: number; ours: boolean }[] = []

  request(request: Request, now: number): void {
    const key = keyOf(request.entry)
    if (request.do === 'delete') {
      this.#rules = this.#rules.filter(({ entry }) => keyOf(entry) !== key)
      return
    }
    const until = request.seconds === 0 ? Infinity : now + request.seconds * 1000
    const known = this.#rules.find(({ entry, ours }) => ours && keyOf(entry) === key)
    if (known !== undefined) known.until = until
    else this.#rules.unshift({ entry: request.entry, until, ours: true })
  }

  insertForeign(entry: Entry): void {
    this.#rules.unshift({ entry, until: Infinity, ours: false })
  }

  flushForeign(): void {
    this.#rules = this.#rules.filter(({ ours }) => ours)
  }

  tick(now: number): void {
    this.#rules = this.#rules.filter(({ until }) => until > now)
  }

  verdict(packet: Packet): Action | 'policy' {
    return this.#rules.find(({ entry }) => matches(entry, packet))?.entry.action ?? 'policy'
  }
}

const network = fc
  .tuple(fc.constantFrom('10.0.0.0', '10.0.0.1', '10.0.1.0', '10.0.1.1'), fc.constantFrom(16, 24, 31, 32))
  .map(([address, prefix]) => readNetwork(`${address}/${prefix}`))
const pattern = fc.option(fc.constantFrom('eth0', 'eth+', 'ppp0'), { nil: undefined, freq: 2 })

function entryOf(scope: Scope): fc.Arbitrary<Entry> {
  const base = { chain: scope.chain, family: scope.family } as const
  const action = fc.constantFrom(...actions)
  return fc.tuple(action, pattern, network, pattern, fc.option(network, { nil: undefined })).map((parts) => {
    const [chosen, inInterface, first, outInterface, second] = parts
    const inward = inInterface === undefined ? {} : { inInterface }
    const outward = outInterface === undefined ? {} : { outInterface }
    if (scope.chain === 'input') return { ...base, action: chosen, ...inward, source: first }
    if (scope.chain === 'output') return { ...base, action: chosen, ...outward, destination: first }
    const sides = second === undefined ? { source: first } : { source: first, destination: second }
    return { ...base, action: chosen, ...inward, ...outward, ...sides }
  })
}

type Event =
  | { event: 'requests'; requests: Request[] }
  | { event: 'foreign rule'; entry: Entry }
  | {
      event:
        | 'general rule'
        | 'flush'
        | 'flush but for our own'
        | 'owned chain flushed'
        | 'sets destroyed'
        | 'restart'
    }
  | { event: 'time'; seconds: number }

function eventOf(scope: Scope): fc.Arbitrary<Event> {
  const entry = entryOf(scope)
  const request: fc.Arbitrary<Request> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('put'), entry, seconds: fc.constantFrom(0, 0, 5, 10) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete'), entry }) },
  )
  const group = fc.uniqueArray(request, { minLength: 1, maxLength: 4, selector: (one) => keyOf(one.entry) })
  return fc.oneof(
    { weight: 10, arbitrary: fc.record({ event: fc.constant('requests'), requests: group }) },
    { weight: 2, arbitrary: fc.record({ event: fc.constant('foreign rule'), entry }) },
    {
      weight: 2,
      arbitrary: fc.record({ event: fc.constant('time'), seconds: fc.integer({ min: 1, max: 12 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        event: fc.constantFrom(
          'general rule',
          'flush',
          'flush but for our own',
          'owned chain flushed',
          'sets destroyed',
          'restart',
        ),
      }),
    },
  )
}

const packets: readonly Packet[] = [
  '10.0.0.0',
  '10.0.0.1',
  '10.0.0.9',
  '10.0.1.0',
  '10.0.1.1',
  '10.9.9.9',
].flatMap((one) =>
  ['10.0.0.1', '10.0.1.1', '192.0.2.1'].flatMap((other) =>
    ['eth0', 'eth1', 'ppp0'].flatMap((inInterface) =>
      ['eth0', 'ppp0'].flatMap((outInterface) => [
        { inInterface, outInterface, source: readNetwork(one), destination: readNetwork(other) },
        { inInterface, outInterface, source: readNetwork(other), destination: readNetwork(one) },
      ]),
    ),
  ),
)

describe('the decision', () => {
  it.each(['input', 'output', 'forward'] as const)(
    'lets the newest entry win in %s, whatever is put, taken back, ended, and done by others',
    (chain) => {
      const scope: Scope = { chain, family: 'ipv4' }
      fc.assert(
        fc.property(fc.array(eventOf(scope), { maxLength: 25 }), (events) => {
          const naive = new NaiveModel()
          const kernel = new FakeKernel(scope)
          let entries = new Entries()
          let now = 1_000_000
          for (const event of events) {
            let requests: readonly Request[] = []
            if (event.event === 'requests') requests = event.requests
            else if (event.event === 'time') now += event.seconds * 1000
            else if (event.event === 'general rule') kernel.builtIn.unshift(general)
            else if (event.event === 'owned chain flushed') kernel.owned = kernel.owned && []
            else if (event.event === 'restart') entries = new Entries([...entries])
            else if (event.event === 'sets destroyed') {
              kernel.owned = kernel.owned?.filter(({ is }) => is !== 'set')
              kernel.sets.clear()
            } else if (event.event === 'flush' || event.event === 'flush but for our own') {
              const own = event.event === 'flush' ? [] : entries.of(scope).front()
              const keys = new Set(own.map(({ entry }) => keyOf(entry)))
              kernel.builtIn = kernel.builtIn.filter((line) => keys.delete(lineKey(line) ?? ''))
              naive.flushForeign()
            } else if (event.event === 'foreign rule') {
              kernel.builtIn.unshift(foreign(event.entry))
              naive.insertForeign(event.entry)
            }
            naive.tick(now)
            for (const request of requests) naive.request(request, now)
            kernel.handle(entries, requests, now)
            for (const packet of packets)
              expect(kernel.verdict(packet, now), JSON.stringify(packet, bigints)).toBe(naive.verdict(packet))
          }
        }),
        { numRuns: 150 },
      )
    },
    60_000,
  )
})

const bigints = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

describe('the place of an entry', () => {
  const scope: Scope = { chain: 'input', family: 'ipv4' }
  const places = (entries: Iterable<PlacedEntry>): string[] =>
    Array.from(entries, ({ place, entry }) => `${place} ${entry.action} ${entry.source?.text}`)

  it('is the set of its action when it says nothing but a network', () => {
    const [kernel, entries] = [new FakeKernel(scope), new Entries()]
    kernel.handle(entries, [put(drop('10.0.0.0/16')), put(drop('10.0.1.1')), put(accept('192.0.2.1'))], 0)
    expect(places(entries)).toEqual(['set drop 10.0.0.0/16', 'set drop 10.0.1.1', 'set accept 192.0.2.1'])
    expect(kernel.owned?.map(lineKey)).toEqual(['set drop', 'set accept'])
  })

  it('is a rule when it contradicts an older one, and the older one comes to light again', () => {
    const [kernel, entries] = [new FakeKernel(scope), new Entries()]
    kernel.handle(entries, [put(drop('10.0.0.0/16'))], 0)
    kernel.handle(entries, [put(accept('10.0.1.0/24'))], 0)
    expect(places(entries)).toEqual(['set drop 10.0.0.0/16', 'rule accept 10.0.1.0/24'])
    kernel.handle(entries, [take(accept('10.0.1.0/24'))], 0)
    expect(kernel.owned?.map(lineKey)).toEqual(['set drop'])
  })

  it('is in front of all when the jump must not pass the rule of somebody else', () => {
    const [kernel, entries] = [new FakeKernel(scope), new Entries()]
    kernel.handle(entries, [put(drop('10.0.0.0/16'))], 0)
    kernel.builtIn.unshift(foreign(accept('10.0.1.1')))
    kernel.handle(entries, [put(drop('10.0.1.0/24'))], 0)
    expect(places(entries)).toEqual(['set drop 10.0.0.0/16', 'front drop 10.0.1.0/24'])
    expect(kernel.builtIn.map(({ is }) => is)).toEqual(['entry', 'entry', 'jump'])
  })

  it('leaves the jump where it is as long as nothing in front of it matters', () => {
    const [kernel, entries] = [new FakeKernel(scope), new Entries()]
    kernel.handle(entries, [put(drop('10.0.0.0/16'))], 0)
    kernel.builtIn.unshift(foreign(accept('192.0.2.1')))
    kernel.handle(entries, [put(drop('10.9.9.9'))], 0)
    expect(kernel.builtIn.map(({ is }) => is)).toEqual(['entry', 'jump'])
    kernel.builtIn.unshift(general)
    kernel.handle(entries, [put(drop('10.9.9.8'))], 0)
    expect(kernel.builtIn.map(({ is }) => is)).toEqual(['jump', 'general', 'entry'])
  })

  it('does not change when the entry is put again', () => {
    const [kernel, entries] = [new FakeKernel(scope), new Entries()]
    kernel.handle(entries, [put(accept('10.0.1.0/24')), put(drop('10.0.0.0/16'))], 0)
    const before = kernel.owned?.map(lineKey)
    kernel.handle(entries, [put(accept('10.0.1.0/24'), 60)], 0)
    expect(kernel.owned?.map(lineKey)).toEqual(before)
  })

  it('makes nothing in the kernel where nothing was asked for', () => {
    const [kernel, entries] = [new FakeKernel(scope), new Entries()]
    kernel.handle(entries, [take(drop('10.0.0.0/16'))], 0)
    expect(kernel.view()).toEqual({ builtIn: [], owned: undefined, sets: new Set() })
  })

  it('is taken back together with its changes', () => {
    const [kernel, entries] = [new FakeKernel(scope), new Entries()]
    kernel.handle(entries, [put(drop('10.0.0.0/16'))], 0)
    const before = [...entries]
    const requests = [put(accept('10.0.1.1')), put(drop('10.0.0.0/16'), 9), take(drop('10.0.7.7'))]
    const { changes } = decide(entries, () => kernel.view(), requests, 0)
    entries.revert(changes)
    expect([...entries]).toEqual(before)
  })
})
