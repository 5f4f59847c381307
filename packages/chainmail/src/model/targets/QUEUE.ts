import { target } from '../extension.ts'

// A verdict of the kernel, as ACCEPT is. uapi/linux/netfilter.h, NF_QUEUE; the nft backend cannot load it
export const QUEUE = target('QUEUE', {
  about:
    'Hands the packet to the program that listens on queue 0; only on the legacy backend, NFQUEUE does more.',
  options: {},
})
