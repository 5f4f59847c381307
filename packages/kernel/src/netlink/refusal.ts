/** What a netlink answer says about a request: acknowledged, or refused and why. Source: linux/netlink.h, nlmsgerr. */
import { KernelError } from '../errors.ts'
import { AttributeTable, text, u32 } from './attributes.ts'
import {
  align,
  headerLength,
  hostLittleEndian,
  type MessageWriter,
  type NetlinkMessage,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
} from './message.ts'

/** A request that the kernel refused. */
export interface Refusal {
  /** Positive. */
  errno: number
  /** The kernel's own words (NLMSGERR_ATTR_MSG). */
  extendedAck: string | undefined
  /** Offset in bytes of the attribute at fault, from the beginning of the request (NLMSGERR_ATTR_OFFS). */
  offset: number | undefined
  /** The payload of the request as the kernel sends it back, empty when it sends only the header back. */
  request: Uint8Array
}

/** linux/netlink.h, enum nlmsgerr_attrs. */
const errorAttributes = new AttributeTable({
  message: [1, text],
  offset: [2, u32],
})

/** struct nlmsgerr: the error and the request's header. */
const errorLength = 4 + headerLength

/**
 * Reads NLMSG_ERROR, or the NLMSG_DONE that ends a dump. Returns undefined for an acknowledgement.
 * @throws KernelError `netlink-malformed`
 */
export function readRefusal(message: NetlinkMessage, request: MessageWriter): Refusal | undefined {
  const { bytes, view, start, end, type } = message
  const done = type === NLMSG_DONE
  if (end - start < (done ? 4 : errorLength)) {
    if (done && end === start) return undefined
    throw new KernelError(
      'netlink-malformed',
      `A netlink error message has ${end - start} bytes, too few to hold an error.`,
      { operation: 'netlink receive' },
    )
  }
  const error = view.getInt32(start, hostLittleEndian)
  if (error >= 0) return undefined
  const echoed = done || (message.flags & NLM_F_CAPPED) !== 0 ? 0 : echoedLength(message)
  const echoEnd = start + (done ? 4 : errorLength) + echoed
  const details =
    (message.flags & NLM_F_ACK_TLVS) !== 0
      ? errorAttributes.read({ bytes, view, start: Math.min(start + align(echoEnd - start), end), end })
      : {}
  return {
    errno: -error,
    extendedAck: details.message,
    offset: details.offset === undefined ? undefined : Math.min(details.offset, request.length),
    request: bytes.subarray(echoEnd - echoed, echoEnd),
  }
}

/** How much of the request's payload follows its header, which names the request's whole length. */
function echoedLength({ view, start, end }: NetlinkMessage): number {
  const requestLength = view.getUint32(start + 4, hostLittleEndian)
  return Math.max(0, Math.min(requestLength - headerLength, end - start - errorLength))
}
