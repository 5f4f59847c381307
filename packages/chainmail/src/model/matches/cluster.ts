import { match, option } from '../extension.ts'
import { type Kind, wordKind } from '../kind.ts'
import { integer, readInteger } from '../kinds/number.ts'
import { isNegation } from '../negation.ts'

// XT_CLUSTER_NODES_MAX
const MAX_NODES = 32

function hexadecimalNumber(min: number, expects: string) {
  return wordKind({
    expects,
    schema: { type: 'integer', minimum: min, maximum: 0xffff_ffff },
    read: (word) => {
      const value = readInteger(word)
      return value !== undefined && value >= min && value <= 0xffff_ffff ? value : undefined
    },
    write: (value) => `0x${value.toString(16).padStart(8, '0')}`,
  })
}

const seed = hexadecimalNumber(0, 'a whole number of 0 to 4294967295')

const mask = hexadecimalNumber(1, 'a mask with a bit for each node, the first node’s the lowest')

/** iptables prints every mask, and reads those up to this one only. */
const GREATEST_READ = 32

/** A mask that iptables can be given: a small one as it is, and one of a single node by the number of that. */
const nodemask: Kind<number, number | string> = {
  ...mask,
  spells: true,
  render: (value, context) =>
    value <= GREATEST_READ
      ? `--cluster-local-nodemask ${mask.render(value, context)}`
      : `--cluster-local-node ${Math.log2(value) + 1}`,
}

/** `--cluster-local-node 3` is the mask with the third bit. */
const node = wordKind({
  expects: `a node’s number, 1 to ${MAX_NODES}`,
  schema: nodemask.schema,
  read: (word) => {
    const value = readInteger(word)
    return value !== undefined && value >= 1 && value <= MAX_NODES ? 2 ** (value - 1) : undefined
  },
})

// iptables-extensions(8), cluster
export const cluster = match('cluster', {
  about: 'Decides by a hash of its source whether this node of a cluster handles a connection.',
  refuses: ({ localNodemask, totalNodes }) => {
    const nodes = Number(isNegation(localNodemask) ? localNodemask.not : localNodemask)
    if (nodes >= 2 ** Number(totalNodes)) return 'localNodemask names a node beyond totalNodes'
    return nodes > GREATEST_READ && !Number.isInteger(Math.log2(nodes))
      ? 'iptables reads no localNodemask of several nodes above 0x20'
      : undefined
  },
  options: {
    localNodemask: option('--cluster-local-nodemask', nodemask, {
      about: 'A bit for each node that this one stands for; --cluster-local-node takes a number.',
      negatable: true,
      required: true,
    }),
    totalNodes: option('--cluster-total-nodes', integer(1, MAX_NODES), {
      about: `How many nodes there are, 1 to ${MAX_NODES}.`,
      required: true,
    }),
    hashSeed: option('--cluster-hash-seed', seed, { about: 'The seed of the hash.', required: true }),
  },
  shorthands: [{ flag: '--cluster-local-node', key: 'localNodemask', kind: node, negatable: true }],
})
