import { ChainmailError, type StandInProgram, standInPrograms } from 'chainmail'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { History } from '../history/history.ts'
import { type ProgramFirewall, ProgramRuns } from '../history/program-runs.ts'
import type { Need } from '../identity/needs.ts'
import { programNeed } from '../identity/rule-needs.ts'
import { sendDryRun } from './dry-run.ts'
import { originOf, withRevision } from './origin.ts'
import { safetyOf } from './safety.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { termsOf } from './terms.ts'

const params: JsonSchema = {
  type: 'object',
  required: ['program'],
  properties: { program: { type: 'string', enum: [...standInPrograms] } },
}

/** execve(2) takes more, but no command of iptables has need of it. */
const MOST_WORDS = 4096

const body: JsonSchema = {
  type: 'object',
  required: ['arguments'],
  additionalProperties: false,
  properties: {
    arguments: {
      type: 'array',
      maxItems: MOST_WORDS,
      items: { type: 'string' },
      description: "Behind the program's name, each as the program would get it; no shell reads them.",
      examples: [['-A', 'INPUT', '-s', '192.0.2.7', '-j', 'DROP']],
    },
    input: { type: 'string', description: 'What the program would read from its standard input.' },
  },
}

const outcome: JsonSchema = {
  description: 'How the program would have ended. A code other than 0 is an answer too.',
  type: 'object',
  required: ['code', 'stdout', 'stderr'],
  additionalProperties: false,
  properties: {
    code: { type: 'integer', minimum: 0, maximum: 255, description: 'The exit code.' },
    stdout: { type: 'string' },
    stderr: { type: 'string' },
    revision: {
      type: 'integer',
      minimum: 1,
      description: 'The number of what it has changed in the history.',
    },
  },
}

interface ProgramPath {
  readonly Params: { readonly program: StandInProgram }
}

/** The programs of iptables, stood in for: for scripts that are written for them. */
export function programRoutes(app: FastifyInstance, firewall: ProgramFirewall, history: History): void {
  const runs = new ProgramRuns(firewall, history)
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
        summary: 'Do what a program of iptables would do with some arguments',
        description:
          'Nothing is started: the arguments are read and done here, one request after another, and each change becomes a revision.',
        params,
        response: { 200: outcome, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body: given, raw } = request
      const { program } = params
      const { words, input } = readBody(given)
      if (termsOf(request).dryRun) {
        const { outcome, operations } = await runs.rehearse(program, words, input)
        return sendDryRun(reply, 'rules', operations, { outcome })
      }
      const { guard } = safetyOf(request)
      const run = await runs.run(originOf(raw), program, words, input, guard)
      return withRevision(reply, run.revision).send(run)
    },
  )
}

function programNeeds({ params, body }: FastifyRequest<ProgramPath>): readonly Need[] {
  const { words, input } = readBody(body)
  return [programNeed(params.program, words, input)]
}

interface ProgramCall {
  readonly words: readonly string[]
  readonly input: string
}

/** @throws ChainmailError `bad-request` */
function readBody(given: unknown): ProgramCall {
  if (typeof given === 'object' && given !== null && 'arguments' in given) {
    const { arguments: words, input = '', ...others }: { arguments: unknown; input?: unknown } = given
    const isRight =
      Array.isArray(words) && words.length <= MOST_WORDS && words.every((word) => typeof word === 'string')
    if (isRight && typeof input === 'string' && Object.keys(others).length === 0) return { words, input }
  }
  throw new ChainmailError(
    'bad-request',
    `The body has to be an object with "arguments", a list of at most ${MOST_WORDS} texts, and perhaps "input", a text.`,
    { path: 'arguments' },
  )
}
