/** XT_EXTENSION_MAXNAMELEN is 29 with the closing NUL. uapi/linux/netfilter/x_tables.h */
const MAX_BYTES = 28
const FORBIDDEN = /[\s\0]|^[-!"]|\p{Surrogate}/u

/** Whether iptables takes the name for a chain; what it would take but could not read back is refused too. */
export function isChainName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= MAX_BYTES && !FORBIDDEN.test(name)
}
