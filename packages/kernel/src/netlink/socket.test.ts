import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { KernelError } from '../errors.ts'
import { beginMessage, entriesNumber, entryMessage, setMessage } from '../ipset/messages.ts'
import { hostLittleEndian, MessageWriter, type NetlinkMessage, NLA_F_NESTED } from './message.ts'
import type { Refusal } from './refusal.ts'
import { NetlinkSocket } from './socket.ts'

/** rtnetlink(7): other subsystems than ipset show what ipset does not do, such as interrupted dumps. */
const NETLINK_ROUTE = 0
const RTM_GETLINK = 18
const RTM_GETADDR = 22
const RTM_NEWADDR = 20
const loopback = 1

const refused = (refusal: Refusal): Error =>
  new KernelError('kernel-refused', 'refused', { operation: 'test', errno: refusal.errno })

function linkRequest(index: number): MessageWriter {
  const writer = new MessageWriter()
  writer.begin(RTM_GETLINK, 0)
  writer.reserve(16)
  writer.bytes.fill(0, writer.position, writer.position + 16)
  writer.view.setInt32(writer.position + 4, index, hostLittleEndian)
  writer.position += 16
  return writer
}

function addressesRequest(): MessageWriter {
  const writer = new MessageWriter()
  writer.begin(RTM_GETADDR, 0)
  writer.reserve(8)
  writer.bytes.fill(0, writer.position, writer.position + 8)
  writer.position += 8
  return writer
}

function protocolRequest(): MessageWriter {
  const writer = new MessageWriter()
  beginMessage(writer, 'protocol', 0)
  setMessage.write(writer, { protocol: 7 })
  return writer
}

async function addAddresses(first: number, last: number): Promise<void> {
  const lines: string[] = []
  for (let number = first; number <= last; number++)
    lines.push(`address add 10.9.${number >> 8}.${number & 255}/32 dev lo\n`)
  await runCommand('ip', ['-batch', '-'], { input: lines.join('') })
}

describeOnKernel('NetlinkSocket', () => {
  test('gets the answer to a query', () => {
    using socket = new NetlinkSocket()
    const message = socket.query(protocolRequest(), refused)
    expect(message.portId).toBe(socket.portId)
    expect(readFileSync('/proc/net/netlink', 'utf8')).toContain(` ${socket.portId} `)
  })

  test('numbers its requests, and skips what is left of an earlier answer', () => {
    using socket = new NetlinkSocket({ protocol: NETLINK_ROUTE })
    // A query does not read the acknowledgement that this request asks for as well.
    const request = linkRequest(loopback)
    expect(socket.acknowledge(request)).toBeUndefined()
    socket.query(request, refused)
    expect(socket.acknowledge(linkRequest(77))).toMatchObject({ errno: 19 })
    expect(socket.query(linkRequest(loopback), refused).type).toBe(16)
  })

  test('hands on the words of the kernel', () => {
    using socket = new NetlinkSocket({ protocol: NETLINK_ROUTE })
    const request = new MessageWriter()
    request.begin(RTM_NEWADDR, 0)
    request.reserve(8)
    request.bytes.fill(0, request.position, request.position + 8)
    request.view.setUint8(request.position, 2)
    request.position += 8
    // IFA_ADDRESS of three bytes.
    request.binary(1, Uint8Array.of(10, 0, 0))
    const refusal = socket.acknowledge(request)
    expect(refusal).toMatchObject({ extendedAck: expect.stringMatching(/\w/), offset: 24 })
  })

  test('yields a dump of many messages', async () => {
    await addAddresses(0, 1999)
    using socket = new NetlinkSocket({ protocol: NETLINK_ROUTE })
    const messages = [...socket.dump(addressesRequest(), refused)].filter(({ type }) => type === RTM_NEWADDR)
    expect(messages.length).toBeGreaterThanOrEqual(2000)
    await runCommand('ip', ['address', 'flush', 'dev', 'lo', 'to', '10.9.0.0/16'])
  })

  test('refuses requests while it dumps, and can go on when the dump was given up', async () => {
    await addAddresses(0, 1999)
    using socket = new NetlinkSocket({ protocol: NETLINK_ROUTE })
    for (const _ of socket.dump(addressesRequest(), refused)) {
      expect(() => socket.acknowledge(linkRequest(loopback))).toThrow(
        expect.objectContaining({ code: 'netlink-busy' }),
      )
      break
    }
    expect(socket.query(linkRequest(loopback), refused).type).toBe(16)
    await runCommand('ip', ['address', 'flush', 'dev', 'lo', 'to', '10.9.0.0/16'])
  })

  test('tells of a dump that was interrupted by a change, and can be told to begin anew', async () => {
    await addAddresses(0, 1999)
    using socket = new NetlinkSocket({ protocol: NETLINK_ROUTE })
    using other = new NetlinkSocket({ protocol: NETLINK_ROUTE })
    const change = (flags: number): void => {
      const request = new MessageWriter()
      request.begin(RTM_NEWADDR, 0x400 | flags)
      request.reserve(8)
      request.bytes.fill(0, request.position, request.position + 8)
      request.bytes.set([2, 32], request.position)
      request.view.setUint32(request.position + 4, loopback, hostLittleEndian)
      request.position += 8
      request.binary(2, Uint8Array.of(10, 9, 200, counter++))
      expect(other.acknowledge(request)).toBeUndefined()
    }
    let counter = 0
    const once = (): void => {
      let changed = false
      for (const _ of socket.dump(addressesRequest(), refused)) {
        if (!changed) change(0)
        changed = true
      }
    }
    expect(once).toThrow(expect.objectContaining({ code: 'netlink-dump-interrupted' }))

    const atFirst = counter
    const items = socket.collect<number>(addressesRequest(), refused, (message: NetlinkMessage, all) => {
      if (counter < atFirst + 3 && all.length === 0) change(0)
      all.push(message.type)
    })
    expect(counter).toBe(atFirst + 3)
    expect(items.length).toBeGreaterThanOrEqual(2000)

    expect(() =>
      socket.collect<number>(addressesRequest(), refused, (_message, all) => {
        if (all.length === 0) change(0)
        all.push(0)
      }),
    ).toThrow(expect.objectContaining({ code: 'netlink-dump-interrupted' }))
    await runCommand('ip', ['address', 'flush', 'dev', 'lo', 'to', '10.9.0.0/16'])
  })

  test('tells of a lost answer, and can go on', () => {
    using socket = new NetlinkSocket({ protocol: NETLINK_ROUTE, receiveBufferSize: 1 })
    // The description of the link fills the queue, so that the acknowledgement behind it is lost.
    expect(() => socket.acknowledge(linkRequest(loopback))).toThrow(
      expect.objectContaining({ code: 'netlink-overrun', errnoName: 'ENOBUFS' }),
    )
    expect(socket.query(linkRequest(loopback), refused).type).toBe(16)
  })

  test('tells of an answer that is longer than its buffer, and has room for the next one', async () => {
    await runCommand('ipset', ['create', 'echo', 'hash:ip'])
    using socket = new NetlinkSocket()
    // ipset sends a refused bulk request back as a whole; of a list of entries that comes again the last counts.
    const request = new MessageWriter()
    beginMessage(request, 'add', 0x200)
    setMessage.write(request, { protocol: 7, setname: 'echo', line: 0 })
    for (let times = 0; times < 3; times++)
      request.binary(entriesNumber | NLA_F_NESTED, new Uint8Array(60_000))
    entryMessage.write(request, { entries: [{ line: 1 }] })
    expect(() => socket.acknowledge(request)).toThrow(expect.objectContaining({ code: 'netlink-truncated' }))
    expect(socket.acknowledge(request)).toMatchObject({ errno: 4097 })
    await runCommand('ipset', ['destroy', 'echo'])
  })

  test('a request that gets no answer is an error, not a wait', () => {
    using socket = new NetlinkSocket()
    const request = new MessageWriter()
    // linux/netlink.h: types below 16 are for control messages, which the kernel does not answer without NLM_F_ACK.
    request.begin(1, 0)
    expect(() => socket.query(request, refused)).toThrow(
      expect.objectContaining({ code: 'netlink-no-answer' }),
    )
    socket.query(protocolRequest(), refused)
  })

  test('a protocol that the kernel lacks, and a closed socket, are errors', () => {
    expect(() => new NetlinkSocket({ protocol: 31 })).toThrow(
      expect.objectContaining({ code: 'no-netlink-support' }),
    )
    const socket = new NetlinkSocket()
    socket.close()
    socket.close()
    expect(() => socket.acknowledge(protocolRequest())).toThrow(
      expect.objectContaining({ code: 'netlink-closed' }),
    )
  })
})
