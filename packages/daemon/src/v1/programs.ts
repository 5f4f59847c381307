import { ChainmailError, isStandInProgram, type StandInProgram, standInPrograms } from 'chainmail'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { History } from '../history/history.ts'
import { type ProgramCall, type ProgramFirewall, ProgramRuns } from '../history/program-runs.ts'
import type { SetChanges } from '../history/set-changes.ts'
import type { Need } from '../identity/needs.ts'
import { programNeed } from '../identity/rule-needs.ts'
import { sendDryRun } from './dry-run.ts'
import { originOf, withRevision } from './origin.ts'
import { safetyOf } from './safety.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { termsOf } from './terms.ts'

const program: JsonSchema = { type: 'string', enum: [...standInPrograms] }

const params: JsonSchema = { type: 'object', required: ['program'], properties: { program } }

/** execve(2) takes more, but no command of iptables has need of it. */
const MOST_WORDS = 4096

/** Calls of a script. */
const MOST_CALLS = 10_000

const callMembers: Readonly<Record<string, JsonSchema>> = {
  arguments: {
    type: 'array',
    maxItems: MOST_WORDS,
    items: { type: 'string' },
    description: "Behind the program's name, each as the program would get it; no shell reads them.",
    examples: [['-A', 'INPUT', '-s', '192.0.2.7', '-j', 'DROP']],
  },
  input: { type: 'string', description: 'What the program would read from its standard input.' },
}

const body: JsonSchema = {
  type: 'object',
  required: ['arguments'],
  additionalProperties: false,
  properties: callMembers,
}

const scriptBody: JsonSchema = {
  type: 'object',
  required: ['calls'],
  additionalProperties: false,
  properties: {
    calls: {
      type: 'array',
      maxItems: MOST_CALLS,
      items: {
        type: 'object',
        required: ['program', 'arguments'],
        additionalProperties: false,
        properties: { program, ...callMembers },
      },
    },
    keepGoing: {
      type: 'boolean',
      description: 'Goes on behind a program that ends with another code than 0.',
    },
  },
}

const outcomeMembers: Readonly<Record<string, JsonSchema>> = {
  code: { type: 'integer', minimum: 0, maximum: 255, description: 'The exit code.' },
  stdout: { type: 'string' },
  stderr: { type: 'string' },
}

const revision: JsonSchema = {
  type: 'integer',
  minimum: 1,
  description: 'The number of what was changed in the history; absent where nothing was.',
}

const outcome: JsonSchema = {
  description: 'How the program would have ended. A code other than 0 is an answer too.',
  type: 'object',
  required: ['code', 'stdout', 'stderr'],
  additionalProperties: false,
  properties: { ...outcomeMembers, revision },
}

const outcomes: JsonSchema = {
  description:
    'How the programs would have ended, in their order. The last one may have ended with another code than 0, and those behind it were not run then.',
  type: 'object',
  required: ['runs'],
  additionalProperties: false,
  properties: {
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'stdout', 'stderr'],
        additionalProperties: false,
        properties: outcomeMembers,
      },
    },
    revision,
  },
}

interface ProgramPath {
  readonly Params: { readonly program: StandInProgram }
}

/** The programs of iptables, and ipset, stood in for: for scripts that are written for them. */
export function programRoutes(
  app: FastifyInstance,
  firewall: ProgramFirewall,
  history: History,
  sets: SetChanges,
): void {
  const runs = new ProgramRuns(firewall, history, sets)
  app.post<ProgramPath>(
    '/programs/:program',
    {
      config: {
        dryRun: true,
        guarded: true,
        needs: { kind: 'anyone', exactly: programNeeds },
        documented: { body },
      },
      schema: {
        operationId: 'runProgram',
        tags: ['rules'],
        summary: 'Do what a program of iptables, or ipset, would do with some arguments',
        description:
          'Nothing is started: the arguments are read and done here, one request after another, and each change becomes a revision.',
        params,
        response: { 200: outcome, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body: given, raw } = request
      const call = readCall(params.program, given)
      if (termsOf(request).dryRun) {
        const { runs: foreseen, operations } = await runs.rehearse([call])
        const what = call.program === 'ipset' ? 'sets' : 'rules'
        return sendDryRun(reply, what, operations, { outcome: foreseen[0] })
      }
      const { guard } = safetyOf(request)
      const { runs: done, revision, refusal } = await runs.run(originOf(raw), [call], { guard })
      withRevision(reply, revision)
      if (refusal !== undefined) throw refusal.reason
      return reply.send({ ...done[0], revision })
    },
  )
  app.post(
    '/programs',
    {
      config: {
        dryRun: true,
        guarded: true,
        needs: { kind: 'anyone', exactly: scriptNeeds },
        documented: { body: scriptBody },
      },
      schema: {
        operationId: 'runPrograms',
        tags: ['rules'],
        summary: 'Do what a script of programs of iptables, and ipset, would do',
        description:
          'The programs are run in their order, and nothing else changes rules or sets meanwhile but bans. What they have changed becomes one revision.',
        response: { 200: outcomes, ...refusals },
      },
    },
    async (request, reply) => {
      const { calls, keepGoing } = readScript(request.body)
      if (termsOf(request).dryRun) {
        const { runs: foreseen, operations } = await runs.rehearse(calls, { keepGoing })
        return sendDryRun(reply, 'rules', operations, { runs: foreseen })
      }
      const { guard } = safetyOf(request)
      const { refusal, ...run } = await runs.run(originOf(request.raw), calls, { guard, keepGoing })
      withRevision(reply, run.revision)
      if (refusal !== undefined) throw refusal.reason
      return reply.send(run)
    },
  )
}

function programNeeds({ params, body }: FastifyRequest<ProgramPath>): readonly Need[] {
  return [needOf(readCall(params.program, body))]
}

function scriptNeeds({ body }: FastifyRequest): readonly Need[] {
  return readScript(body).calls.map(needOf)
}

function needOf({ program, words, input }: ProgramCall): Need {
  return programNeed(program, words, input)
}

/** @throws ChainmailError `bad-request` */
function readCall(program: StandInProgram, given: unknown): ProgramCall {
  if (isObject(given) && 'arguments' in given) {
    const { arguments: words, input = '', ...others }: { arguments: unknown; input?: unknown } = given
    const isRight =
      Array.isArray(words) && words.length <= MOST_WORDS && words.every((word) => typeof word === 'string')
    if (isRight && typeof input === 'string' && Object.keys(others).length === 0)
      return { program, words, input }
  }
  throw new ChainmailError(
    'bad-request',
    `The body has to be an object with "arguments", a list of at most ${MOST_WORDS} texts, and perhaps "input", a text.`,
    { path: 'arguments' },
  )
}

/** @throws ChainmailError `bad-request` */
function readScript(given: unknown): { readonly calls: readonly ProgramCall[]; readonly keepGoing: boolean } {
  if (isObject(given) && 'calls' in given) {
    const { calls, keepGoing = false, ...others }: { calls: unknown; keepGoing?: unknown } = given
    const isRight = Array.isArray(calls) && calls.length <= MOST_CALLS
    if (isRight && typeof keepGoing === 'boolean' && Object.keys(others).length === 0)
      return { calls: calls.map(readScriptCall), keepGoing }
  }
  throw new ChainmailError(
    'bad-request',
    `The body has to be an object with "calls", a list of at most ${MOST_CALLS} objects, and perhaps "keepGoing", true or false.`,
    { path: 'calls' },
  )
}

function readScriptCall(given: unknown, index: number): ProgramCall {
  if (isObject(given) && 'program' in given) {
    const { program, ...call }: { program: unknown } = given
    if (typeof program === 'string' && isStandInProgram(program)) return readCall(program, call)
  }
  throw new ChainmailError(
    'bad-request',
    `A call has to be an object with "program", one of ${standInPrograms.join(', ')}.`,
    { path: `calls[${index}].program` },
  )
}

function isObject(given: unknown): given is object {
  return typeof given === 'object' && given !== null
}
