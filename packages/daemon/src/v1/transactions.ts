import type { Family } from '@chainmail/kernel'
import {
  ChainmailError,
  type Firewall,
  type Rule,
  type SetOptions,
  type Spelling,
  type Transaction,
} from 'chainmail'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Transactions, whatOf } from '../history/transactions.ts'
import type { Need } from '../identity/needs.ts'
import { withRules } from '../identity/rule-needs.ts'
import { sendDryRun } from './dry-run.ts'
import { originOf, withRevision } from './origin.ts'
import { readRuleRequest } from './rule-request.ts'
import { onProbation, probationDocument, safetyOf, withProbation } from './safety.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { refuseOwned } from './sets-firewall.ts'
import { readEntry } from './sets-request.ts'
import { termsOf } from './terms.ts'

type Verb =
  | 'createChain'
  | 'flushChain'
  | 'removeChain'
  | 'appendRule'
  | 'insertRule'
  | 'deleteRule'
  | 'replaceRule'
  | 'createSet'
  | 'destroySet'
  | 'flushSet'
  | 'addEntry'
  | 'deleteEntry'

/** What each change has to name. */
const wanted: Readonly<Record<Verb, readonly (keyof Step)[]>> = {
  createChain: ['chain'],
  flushChain: ['chain'],
  removeChain: ['chain'],
  appendRule: ['chain', 'rule'],
  insertRule: ['chain', 'rule'],
  deleteRule: ['chain'],
  replaceRule: ['chain', 'number', 'rule'],
  createSet: ['set', 'options'],
  destroySet: ['set'],
  flushSet: ['set'],
  addEntry: ['set', 'entry'],
  deleteEntry: ['set', 'entry'],
}

interface Step {
  readonly do: Verb
  readonly table: string
  readonly family: Family
  readonly chain?: string
  readonly rule?: unknown
  readonly number?: number
  readonly set?: string
  readonly options?: SetOptions
  readonly entry?: unknown
}

interface TransactionRequest {
  readonly Body: { readonly changes: readonly Step[] }
}

/** Changes of one transaction. */
const MOST_CHANGES = 10_000

const step: JsonSchema = {
  type: 'object',
  required: ['do'],
  additionalProperties: false,
  properties: {
    do: { type: 'string', enum: Object.keys(wanted) },
    table: { type: 'string', default: 'filter' },
    family: { type: 'string', enum: ['ipv4', 'ipv6'], default: 'ipv4' },
    chain: { type: 'string', description: 'Of changes of chains and rules.' },
    rule: { type: ['object', 'string'], description: "As data, or in iptables' own words." },
    number: {
      type: 'integer',
      minimum: 1,
      description: 'Of a rule: where it is put, 1 when it is absent; which one is replaced or deleted.',
    },
    set: { type: 'string', description: 'Of changes of sets.' },
    options: {
      type: 'object',
      required: ['type'],
      properties: { type: { type: 'string' } },
      description: 'What a set is made with, as in SetRequest.',
    },
    entry: { type: ['object', 'string'], description: 'An entry, or its element alone.' },
  },
}

const body: JsonSchema = {
  type: 'object',
  required: ['changes'],
  additionalProperties: false,
  properties: { changes: { type: 'array', minItems: 1, maxItems: MOST_CHANGES, items: step } },
}

/** Changes that are made together. */
export function transactionRoutes(
  app: FastifyInstance,
  firewall: Pick<Firewall, 'spelling'>,
  transactions: Transactions,
): void {
  app.post<TransactionRequest>(
    '/transactions',
    {
      config: {
        dryRun: true,
        guarded: true,
        confirmable: true,
        needs: {
          kind: 'edit',
          exactly: ({ body }: FastifyRequest<TransactionRequest>) => needsOf(body.changes, firewall.spelling),
        },
      },
      schema: {
        operationId: 'transact',
        tags: ['rules'],
        summary: 'Change chains, rules and sets together: all of it or nothing',
        description:
          'New sets and entries first, then the rules of each table in one commit, and the sets that go last; when a step is refused, those before it are taken back. Changes are in the order in which they stand.',
        body,
        response: {
          200: {
            description: 'The kernel has all of it.',
            type: 'object',
            required: ['changes'],
            additionalProperties: false,
            properties: {
              changes: { type: 'integer', minimum: 1, description: 'How many there were.' },
              revision: { type: 'integer', minimum: 1, description: 'Its number in the history.' },
              probation: onProbation,
            },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { body, raw } = request
      const steps = body.changes.map((one, index) => readStep(one, `changes[${index}]`, firewall.spelling))
      const record = (transaction: Transaction): void => {
        for (const one of steps) one(transaction)
      }
      if (termsOf(request).dryRun) {
        const operations = await transactions.rehearse(record, safetyOf(request))
        return sendDryRun(reply, whatOf(operations), operations)
      }
      const { sets } = placesOf(body.changes)
      const { revision, probation } = await transactions.run(originOf(raw), sets, record, safetyOf(request))
      return withRevision(withProbation(reply, probation), revision).send({
        changes: steps.length,
        revision,
        probation: probationDocument(probation),
      })
    },
  )
}

function needsOf(changes: readonly Step[], spelling: Spelling): readonly Need[] {
  const { chains, sets } = placesOf(changes)
  const come = changes.flatMap((step): readonly Need[] => {
    const rule = step.do === 'deleteRule' ? undefined : ruleOf(step, spelling)
    return rule === undefined ? [] : [withRules({ kind: 'edit', chains: [], sets: [] }, step.family, [rule])]
  })
  return [{ kind: 'edit', chains, sets }, ...come]
}

function ruleOf({ rule, family }: Step, spelling: Spelling): Rule | undefined {
  return rule === undefined ? undefined : readRuleRequest({ rule }, ['rule'], { family, ...spelling }).rule
}

function placesOf(changes: readonly Step[]) {
  const chains = changes.flatMap(({ chain, table, family }) =>
    chain === undefined ? [] : [{ table, family, chain }],
  )
  const sets = [...new Set(changes.flatMap(({ set }) => set ?? []))]
  return { chains, sets }
}

/** @throws ChainmailError `bad-request` and what a rule is refused for, with the path of the member at fault */
function readStep(step: Step, path: string, spelling: Spelling): (transaction: Transaction) => void {
  const missing = wanted[step.do].find((name) => step[name] === undefined)
  if (missing !== undefined) throw missingMember(step.do, missing, path)
  const { table, family, chain = '', number, set = '', options } = step
  const place = { table, family }
  if (set !== '') refuseOwned(set)
  const rule = ruleOf(step, spelling)
  const entry = step.entry === undefined ? undefined : readEntry(step.entry)
  const element = typeof entry === 'object' ? entry.element : (entry ?? '')
  switch (step.do) {
    case 'createChain':
      return (transaction) => transaction.createChain(chain, place)
    case 'flushChain':
      return (transaction) => transaction.flushChain(chain, place)
    case 'removeChain':
      return (transaction) => transaction.removeChain(chain, place)
    case 'destroySet':
      return (transaction) => transaction.destroySet(set)
    case 'flushSet':
      return (transaction) => transaction.flushSet(set)
    case 'deleteEntry':
      return (transaction) => transaction.deleteEntry(set, element)
    case 'createSet':
      if (options === undefined) throw missingMember(step.do, 'options', path)
      return (transaction) => transaction.createSet(set, options)
    case 'addEntry': {
      const { element: _, ...more } = typeof entry === 'object' ? entry : { element }
      return (transaction) => transaction.addEntry(set, element, more)
    }
    case 'deleteRule': {
      const named = rule ?? number
      if (named === undefined) throw missingMember(step.do, 'rule', path)
      return (transaction) => transaction.delete(chain, named, place)
    }
    case 'appendRule':
      if (rule === undefined) throw missingMember(step.do, 'rule', path)
      return (transaction) => transaction.append(chain, rule, place)
    case 'insertRule':
      if (rule === undefined) throw missingMember(step.do, 'rule', path)
      return (transaction) => transaction.insert(chain, rule, { ...place, position: number ?? 1 })
    case 'replaceRule':
      if (rule === undefined || number === undefined) throw missingMember(step.do, 'rule', path)
      return (transaction) => transaction.replace(chain, number, rule, place)
  }
}

function missingMember(verb: Verb, name: string, path: string): ChainmailError {
  return new ChainmailError('bad-request', `${path}: ${verb} needs the member "${name}".`, {
    path: `${path}.${name}`,
  })
}
