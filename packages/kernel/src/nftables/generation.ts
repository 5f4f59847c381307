import { KernelError } from '../errors.ts'
import { AttributeTable, u32be } from '../netlink/attributes.ts'
import { MessageWriter } from '../netlink/message.ts'
import { NetlinkSocket } from '../netlink/socket.ts'
import { beginNftablesMessage, generalMessageLength } from './message.ts'

/** linux/netfilter/nf_tables.h, enum nf_tables_msg_types: NFT_MSG_GETGEN. */
const GET_GENERATION = 16

/** linux/netfilter/nf_tables.h, enum nft_gen_attributes. */
const generationAttributes = new AttributeTable({ id: [1, u32be] })

/**
 * The generation of nf_tables in this network namespace: a number that every commit changes, whoever makes it. While
 * it stays the same, what was read of the rules of the nft backend is still true. Takes microseconds.
 */
export class NftablesGeneration implements Disposable {
  readonly #socket = new NetlinkSocket()
  readonly #writer = new MessageWriter()

  /** @throws KernelError `kernel-refused` when this kernel has no nf_tables */
  read(): number {
    beginNftablesMessage(this.#writer, GET_GENERATION)
    const answer = this.#socket.query(this.#writer, ({ errno }) => refused(errno))
    const { id } = generationAttributes.read({ ...answer, start: answer.start + generalMessageLength })
    if (id === undefined) throw refused(undefined)
    return id
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]()
  }
}

function refused(errno: number | undefined): KernelError {
  return new KernelError(
    'kernel-refused',
    'The kernel does not tell the generation of nf_tables; it may lack nf_tables.',
    {
      operation: 'nftables generation',
      errno,
    },
  )
}
