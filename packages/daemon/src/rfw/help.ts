/** What GET / answers. */
export const help = `chainmail speaks the REST protocol of rfw here.

  PUT    /drop/input/eth0/192.0.2.7            drop packets from 192.0.2.7 that come in by eth0
  DELETE /drop/input/eth0/192.0.2.7            take that back
  PUT    /accept/output/any/198.51.100.0/24    accept packets to a network, on any interface
  PUT    /reject/forward/ppp/192.0.2.0/24/eth0/198.51.100.7
                                               reject what is forwarded from ppp0, ppp1, … to eth0
  GET    /list                                 the rules of this kind, as JSON
  GET    /list/input                           those of one chain

Paths
  /{drop|accept|reject}/input/IFACE/ADDRESS[/MASK]      the address is the source
  /{drop|accept|reject}/output/IFACE/ADDRESS[/MASK]     the address is the destination
  /{drop|accept|reject}/forward/IFACE/ADDRESS[/MASK][/IFACE[/ADDRESS[/MASK]]]
                                               interface in and source, then interface out and destination

  IFACE    any for every interface; eth0 for that one; eth, without a digit at its end, for all that begin so
  ADDRESS  IPv4 or IPv6; 0.0.0.0 or :: stands for any source of a forward rule
  MASK     9 to 32 for IPv4, 17 to 128 for IPv6

Parameters
  expire=600, 30s, 10m, 2h, 1d                 the rule ends after that time; 0: never
  wait=true                                    accepted; every answer waits until the kernel has the change
  modify=insert, modify=delete                 the same change by GET, where the setting non.restful allows it

The newest of the rules that speak of a packet decides over it. To put a rule that is there already renews its
time and nothing else; to delete one that is not there is no error.

200 is success; 400 is a request that can't be understood or that touches the whitelist, 409 one that would drop or
reject what the allowlist holds, or the address that it comes from; with a text that begins "ERROR: ". Bans, tables,
chains and rules of every kind are below /v1, described by /v1/openapi.json.
`
