import { isDeepStrictEqual } from 'node:util'
import type { Family } from '@chainmail/kernel'
import fc from 'fast-check'
import { ChainmailError } from '../../packages/chainmail/src/errors.ts'
import { checkRule } from '../../packages/chainmail/src/model/check.ts'
import type { Context } from '../../packages/chainmail/src/model/kind.ts'
import { parseRule } from '../../packages/chainmail/src/text/parse-rule.ts'
import { renderRule } from '../../packages/chainmail/src/text/render-rule.ts'
import { type Backend, host, hostSpelling, isForAnotherProtocol, isFutile, isPeculiar } from './host.ts'
import { type Failure, loaded } from './load.ts'
import { type RandomRule, randomRules } from './rules.ts'

/** More than this do not fit into one commit of iptables-nft-restore inside a user namespace. */
const BATCH = 300

/** Random rules that the model accepts; the same seed gives the same ones. */
export function sampleRules(context: Context, amount: number, seed: number): readonly RandomRule[] {
  return fc
    .sample(randomRules(context, host(context.family)), { numRuns: amount, seed })
    .filter(({ rule }) => !isForAnotherProtocol(renderRule(rule, context)))
}

/** The rules that their own text, or their JSON, does not give back. */
export function lostByTheModel(rules: readonly RandomRule[], context: Context): Failure[] {
  return rules.flatMap(({ table, rule }) => {
    const text = renderRule(rule, context)
    try {
      const read = parseRule(text, context)
      const checked = checkRule(JSON.parse(JSON.stringify(rule)), context)
      if (isDeepStrictEqual(read, rule) && isDeepStrictEqual(checked, rule)) return []
      return [
        {
          table,
          text,
          what: `is read as ${JSON.stringify(read)} and from data as ${JSON.stringify(checked)}`,
        },
      ]
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      return [{ table, text, what: error.message }]
    }
  })
}

/** The rules that a backend of this host refuses, or prints otherwise than its version does. */
export function lostByKernel(backend: Backend, rules: readonly RandomRule[], family: Family): Failure[] {
  const context: Context = { family, ...hostSpelling(backend) }
  const taken = rules.filter(({ rule }) => {
    const text = renderRule(rule, context)
    return !isPeculiar(backend, text) && !(context.iptables !== undefined && isFutile(text))
  })
  const batches = Array.from({ length: Math.ceil(taken.length / BATCH) }, (_, index) =>
    taken.slice(index * BATCH, (index + 1) * BATCH),
  )
  return batches.flatMap((batch) => loaded(backend, context, batch))
}
