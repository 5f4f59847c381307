import fc from 'fast-check'
import type { Context, JsonSchema, Kind } from '../../packages/chainmail/src/model/kind.ts'
import {
  address,
  addressRange,
  maskedNetwork,
  network,
  prefixLengthOrMask,
  prefixNetwork,
} from '../../packages/chainmail/src/model/kinds/address.ts'
import { bytecode } from '../../packages/chainmail/src/model/kinds/bytecode.ts'
import { chunkTypes } from '../../packages/chainmail/src/model/kinds/chunk-types.ts'
import { moment, timeOfDay } from '../../packages/chainmail/src/model/kinds/clock.ts'
import { connectionLabel } from '../../packages/chainmail/src/model/kinds/connection-label.ts'
import { hashBurst, hashRate } from '../../packages/chainmail/src/model/kinds/hash-limit.ts'
import { hostNetwork, maskedHostNetwork } from '../../packages/chainmail/src/model/kinds/host-network.ts'
import { icmpType, icmpv6Type } from '../../packages/chainmail/src/model/kinds/icmp-type.ts'
import { interfaceName } from '../../packages/chainmail/src/model/kinds/interface.ts'
import { macAddress } from '../../packages/chainmail/src/model/kinds/mac-address.ts'
import { mobilityType } from '../../packages/chainmail/src/model/kinds/mobility-type.ts'
import { natDestination, natSource } from '../../packages/chainmail/src/model/kinds/nat-range.ts'
import { patternBytes, patternText } from '../../packages/chainmail/src/model/kinds/pattern.ts'
import { policyElements } from '../../packages/chainmail/src/model/kinds/policy-elements.ts'
import { portList, portRange, portSpan } from '../../packages/chainmail/src/model/kinds/port.ts'
import { protocol, protocolInteger } from '../../packages/chainmail/src/model/kinds/protocol.ts'
import { rate } from '../../packages/chainmail/src/model/kinds/rate.ts'
import { tos } from '../../packages/chainmail/src/model/kinds/tos.ts'
import { u32Tests } from '../../packages/chainmail/src/model/kinds/u32-tests.ts'
import { wideInteger } from '../../packages/chainmail/src/model/kinds/wide-integer.ts'

type Values = fc.Arbitrary<unknown>

const ipv4 = fc.ipV4()
const ipv6 = fc.oneof(fc.ipV6(), fc.constantFrom('::', '::1', '2001:db8::', 'fe80::1', '::ffff:192.0.2.1'))

function addresses({ family }: Context): fc.Arbitrary<string> {
  return family === 'ipv4' ? ipv4 : ipv6
}

function prefixes({ family }: Context): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: family === 'ipv4' ? 32 : 128 })
}

function joined(separator: string, ...parts: readonly Values[]): Values {
  return fc.tuple(...parts).map((found) => found.map(String).join(separator))
}

/** An address alone, with a prefix length, or with any mask at all. */
function masked(context: Context): Values {
  const one = addresses(context)
  return fc.oneof(one, joined('/', one, prefixes(context)), joined('/', one, one))
}

function prefixed(context: Context): Values {
  return fc.oneof(addresses(context), joined('/', addresses(context), prefixes(context)))
}

/** A number of 0 to the greatest, the ends and powers of two more often than others. */
export function numbers(min: number, max: number): fc.Arbitrary<number> {
  const powers = Array.from({ length: 64 }, (_, bit) => 2 ** bit).flatMap((power) => [power - 1, power])
  const corners = [min, max, ...powers.filter((power) => power >= min && power <= max)]
  return fc.oneof(fc.constantFrom(...corners), fc.integer({ min, max }))
}

const ports = fc.oneof(numbers(0, 65_535), fc.constantFrom('ssh', 'http', '0x50', '010'))

function range(separator: string, items: Values, ends: readonly string[] = []): Values {
  return fc.oneof(
    items,
    joined(separator, items, items),
    ...ends.map((end) => items.map((item) => end.replace('n', String(item)))),
  )
}

const portWords = fc.oneof(
  { weight: 9, arbitrary: range(':', ports, ['n:', ':n']) },
  fc.constantFrom<unknown>('0:65535', ':', '0:'),
)

const letters = fc.constantFrom(
  ...[
    'a',
    'Z',
    '0',
    ' ',
    '  ',
    '\t',
    '"',
    "'",
    '\\',
    '!',
    '-',
    '--',
    '#',
    ',',
    ':',
    '=',
    '%',
    '$',
    '`',
    '*',
    '\u007f',
    '\u0001',
    'é',
    '\u2028',
    '😀',
    '-j',
    'COMMIT',
  ],
)

/** One line of text with everything in it that a reader of words may stumble over. */
export function awkwardText(minBytes: number, maxBytes: number): fc.Arbitrary<string> {
  return fc
    .array(letters, { minLength: minBytes, maxLength: Math.min(maxBytes, 24) })
    .map((parts) => parts.join(''))
    .filter((text) => Buffer.byteLength(text) >= minBytes && Buffer.byteLength(text) <= maxBytes)
}

/** The same without blanks and quotation marks. */
export function awkwardName(maxBytes: number): fc.Arbitrary<string> {
  return awkwardText(1, maxBytes)
    .map((text) => text.replace(/[\s"]/g, ''))
    .filter((text) => text !== '')
}

const addressedPorts = (context: Context, based: boolean): Values => {
  const span = range('-', addresses(context))
  const bracketed = context.family === 'ipv6' ? span.map((text) => `[${text}]`) : span
  const numbersOf = numbers(1, 65_535)
  const some = range('-', numbersOf)
  const counted = based ? fc.oneof(some, joined('/', joined('-', numbersOf, numbersOf), numbersOf)) : some
  return fc.oneof(
    span,
    joined(':', bracketed, counted),
    counted.map((text) => `:${text}`),
  )
}

const bytes32 = numbers(0, 0xffff_ffff)
const u32Location = fc
  .array(fc.tuple(fc.constantFrom('&', '<<', '>>', '@'), numbers(0, 31)), { maxLength: 4 })
  .chain((steps) =>
    bytes32.map((first) => `${first}${steps.map(([sign, number]) => `${sign}${number}`).join('')}`),
  )
const u32Test = joined(
  '=',
  u32Location,
  fc.array(range(':', bytes32), { minLength: 1, maxLength: 3 }).map((list) => list.join(',')),
)

function policies(context: Context): Values {
  const either = (values: Values) =>
    fc.oneof(
      values,
      values.map((not) => ({ not })),
    )
  const ends = either(prefixed(context))
  const shared = {
    reqid: either(bytes32),
    spi: either(bytes32),
    proto: either(fc.constantFrom('ah', 'esp', 'ipcomp')),
  }
  const element = fc.oneof(
    fc.record({ ...shared, mode: either(fc.constantFrom('transport', 'tunnel')) }, { requiredKeys: [] }),
    fc.record(
      { ...shared, mode: fc.constant('tunnel'), tunnelSrc: ends, tunnelDst: ends },
      { requiredKeys: ['mode'] },
    ),
  )
  return fc.array(element, { minLength: 1, maxLength: 4 })
}

const clockPart = (max: number) => fc.integer({ min: 0, max })

/** What the kinds that have more to them than their schema says take. */
const byKind: ReadonlyMap<unknown, (context: Context) => Values> = new Map<
  unknown,
  (context: Context) => Values
>([
  [address, addresses],
  [addressRange, (context) => range('-', addresses(context))],
  [network, masked],
  [maskedNetwork, masked],
  [prefixNetwork, prefixed],
  [hostNetwork, prefixed],
  [maskedHostNetwork, prefixed],
  [prefixLengthOrMask, prefixes],
  [
    interfaceName,
    () => fc.oneof(fc.constantFrom('lo', 'eth0', 'br-lan', 'wg+', 'a.b', 'veth1@if2'), awkwardName(15)),
  ],
  [protocol, () => fc.oneof(numbers(0, 255), fc.constantFrom('tcp', 'udp', 'icmp', 'esp', 'all'))],
  [protocolInteger, () => fc.oneof(numbers(0, 255), fc.constantFrom('tcp', 'UDP'))],
  [portRange, () => portWords],
  [portSpan, () => portWords],
  [portList, () => fc.array(portWords, { minLength: 1, maxLength: 7 })],
  [natSource, (context) => addressedPorts(context, false)],
  [natDestination, (context) => addressedPorts(context, true)],
  [
    bytecode,
    () =>
      fc
        .array(fc.tuple(numbers(0, 0xffff), numbers(0, 255), numbers(0, 255), bytes32), {
          minLength: 1,
          maxLength: 4,
        })
        .map((lines) => [lines.length, ...lines.map((line) => line.join(' '))].join(',')),
  ],
  [timeOfDay, () => joined(':', clockPart(23), clockPart(59), clockPart(59))],
  [
    moment,
    () =>
      fc
        .date({
          min: new Date('1970-01-01T00:00:00Z'),
          max: new Date('2038-01-19T03:14:07Z'),
          noInvalidDate: true,
        })
        .map((date) => date.toISOString().slice(0, 19)),
  ],
  [connectionLabel, () => numbers(0, 127)],
  [
    hashRate,
    () =>
      joined(
        '/',
        fc.oneof(
          numbers(1, 1_000_000),
          numbers(1, 4_000).map((many) => `${many}mb`),
          numbers(16, 100_000).map((many) => `${many}b`),
          numbers(1, 100_000).map((many) => `${many}kb`),
        ),
        fc.constantFrom('s', 'sec', 'second', 'minute', 'hour', 'day'),
      ),
  ],
  [
    hashBurst,
    () =>
      fc.oneof(
        numbers(1, 1_000_000),
        numbers(1, 4_000).map((many) => `${many}mb`),
        numbers(1, 100_000).map((many) => `${many}kb`),
      ),
  ],
  [
    rate,
    () =>
      joined('/', numbers(1, 10_000), fc.constantFrom('s', 'second', 'min', 'minute', 'hour', 'd', 'day')),
  ],
  [icmpType, () => fc.oneof(range('/', numbers(0, 255)), fc.constantFrom('any', 'ping', 'host-unreachable'))],
  [icmpv6Type, () => fc.oneof(range('/', numbers(0, 255)), fc.constantFrom('ping', 'packet-too-big'))],
  [
    mobilityType,
    () => fc.oneof(range(':', numbers(0, 255), ['n:', ':n']), fc.constantFrom('brr', 'home-test')),
  ],
  [
    macAddress,
    () =>
      fc
        .array(numbers(0, 255), { minLength: 6, maxLength: 6 })
        .map((list) => list.map((byte) => byte.toString(16).padStart(2, '0')).join(':')),
  ],
  [patternText, () => awkwardText(1, 128)],
  [
    patternBytes,
    () =>
      fc
        .array(numbers(0, 255), { minLength: 1, maxLength: 40 })
        .map((list) => `|${Buffer.from(list).toString('hex')}|`),
  ],
  [tos, () => fc.oneof(range('/', numbers(0, 255)), fc.constantFrom('minimize-delay', 'Normal-Service'))],
  [u32Tests, () => fc.array(u32Test, { minLength: 1, maxLength: 3 }).map((tests) => tests.join('&&'))],
  [policyElements, policies],
  [
    wideInteger,
    () =>
      fc.oneof(
        numbers(0, Number.MAX_SAFE_INTEGER),
        fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }).map(String),
      ),
  ],
  [
    chunkTypes,
    () =>
      fc.record({
        scope: fc.constantFrom('all', 'any', 'only'),
        types: fc.uniqueArray(
          fc.constantFrom(
            'DATA',
            'DATA:UBe',
            'INIT',
            'ABORT:T',
            'SHUTDOWN_COMPLETE:t',
            'COOKIE_ACK',
            'FORWARD_TSN',
          ),
          { maxLength: 4 },
        ),
      }),
  ],
])

/** Values of a kind, as a caller may write them: most of them are accepted. */
export function valuesOf(kind: Kind<unknown>, context: Context): Values {
  const known = byKind.get(kind)
  return known === undefined ? ofSchema(kind.schema) : known(context)
}

/** Values that a JSON Schema allows. */
function ofSchema(schema: JsonSchema): Values {
  const { anyOf, const: only, enum: choices, type, examples } = schema
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.filter(isSchema).map(ofSchema))
  if (only !== undefined) return fc.constant(only)
  if (Array.isArray(choices)) return fc.constantFrom(...choices)
  switch (type) {
    case 'boolean':
      return fc.constant(true)
    case 'integer':
      return numbers(numberOf(schema.minimum, 0), numberOf(schema.maximum, Number.MAX_SAFE_INTEGER))
    case 'number':
      return fc.double({ min: numberOf(schema.minimum, 0), max: numberOf(schema.maximum, 1), noNaN: true })
    case 'array':
      return arrays(schema)
    case 'object':
      return objects(schema)
    default:
      return Array.isArray(examples) ? fc.constantFrom(...examples) : strings(schema)
  }
}

function strings({ pattern, minLength, maxLength }: JsonSchema): Values {
  if (typeof pattern === 'string' && !pattern.includes('\\s'))
    return fc.stringMatching(new RegExp(pattern, 'u'), { size: 'xsmall' })
  const longest = numberOf(maxLength, 20)
  return pattern === undefined ? awkwardText(numberOf(minLength, 0), longest) : awkwardName(longest)
}

function arrays({ items, minItems, maxItems, uniqueItems }: JsonSchema): Values {
  const item = isSchema(items) ? ofSchema(items) : fc.constant('')
  const minLength = numberOf(minItems, 0)
  const bounds = { minLength, maxLength: numberOf(maxItems, Math.max(minLength, 6)) }
  return uniqueItems === true ? fc.uniqueArray(item, bounds) : fc.array(item, bounds)
}

function objects({ properties, required }: JsonSchema): Values {
  const members = isSchema(properties) ? Object.entries(properties) : []
  const model = Object.fromEntries(
    members.flatMap(([key, one]) => (isSchema(one) ? [[key, ofSchema(one)]] : [])),
  )
  const requiredKeys = Array.isArray(required) ? required.map(String) : []
  return fc.record(model, { requiredKeys })
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}
