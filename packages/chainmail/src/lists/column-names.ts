/** What lists call the column or member that holds an address, in small letters. */
const names: ReadonlySet<string> = new Set([
  'address',
  'addr',
  'cidr',
  'dst_ip',
  'dstip',
  'element',
  'entry',
  'host',
  'ip',
  'ip_address',
  'ip_prefix',
  'ip_range',
  'ipaddress',
  'ipv4',
  'ipv4_prefix',
  'ipv6',
  'ipv6_prefix',
  'net',
  'network',
  'prefix',
  'range',
  'source',
  'src',
  'src_ip',
  'srcip',
  'subnet',
])

export function isAddressName(name: string): boolean {
  return names.has(name.trim().toLowerCase())
}
