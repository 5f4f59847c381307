import { ACCEPT } from './ACCEPT.ts'
import { DROP } from './DROP.ts'
import { LOG } from './LOG.ts'
import { REJECT, REJECT6 } from './REJECT.ts'
import { RETURN } from './RETURN.ts'
import { SET } from './SET.ts'

/** Every target that the model knows. A new one is a file beside these and a line here. */
export const targets = [ACCEPT, DROP, LOG, REJECT, REJECT6, RETURN, SET] as const
