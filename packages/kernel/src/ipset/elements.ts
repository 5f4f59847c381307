/**
 * The parts that elements are made of, each with the text that ipset(8) uses for it. An element of several parts is
 * their texts joined by commas.
 */
import { addressCodec, singleAddressCodec } from './address-elements.ts'
import type { ElementCodec } from './element-codec.ts'
import { ethernetCodec } from './ethernet-element.ts'
import { interfaceCodec, markCodec, memberCodec } from './plain-elements.ts'
import { barePortCodec, portCodec } from './port-elements.ts'

/** A part of an element: its name in `elementCodecs`. */
export type ElementPart = keyof typeof elementCodecs

export const elementCodecs = {
  /** `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1-192.0.2.9`, `2001:db8::/32` */
  address: addressCodec('ip', 'ipTo', 'cidr'),
  secondAddress: addressCodec('ip2', 'ip2To', 'cidr2'),
  /** `192.0.2.1`, `2001:db8::1` */
  singleAddress: singleAddressCodec('ip'),
  secondSingleAddress: singleAddressCodec('ip2'),
  /** `tcp:80`, `udp:5000-5010`, `icmp:echo-request`, `gre:0`; `80` is `tcp:80` */
  port: portCodec,
  /** `80`, `5000-5010` */
  barePort: barePortCodec,
  /** `00:11:22:AA:BB:CC` */
  ethernet: ethernetCodec,
  optionalEthernet: { ...ethernetCodec, optional: true },
  /** `0x0000000a`, `10` */
  mark: markCodec,
  /** `eth0`, `physdev:eth0` */
  interface: interfaceCodec,
  /** The name of a set. */
  member: memberCodec,
} as const satisfies Record<string, ElementCodec>
