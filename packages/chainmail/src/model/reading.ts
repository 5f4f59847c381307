import { ChainmailError } from '../errors.ts'
import { Refusal } from './kind.ts'

/** Runs a kind's reader and says which member of the rule, or which option, a refusal is about. */
export function reading<Value>(place: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (error instanceof Refusal)
      throw new ChainmailError('bad-rule', `${place}: ${error.message}.`, { path: place })
    throw error
  }
}
