import type { FastifyInstance } from 'fastify'
import { needsNothing } from '../identity/route-needs.ts'
import { isProblemCode, problemMeaning, problemTable, routeNotFound } from '../problems.ts'
import { refusals } from './schemas.ts'

const entry = {
  type: 'object',
  required: ['code', 'status', 'meaning'],
  additionalProperties: false,
  properties: { code: { type: 'string' }, status: { type: 'integer' }, meaning: { type: 'string' } },
} as const

/** Where the `type` of a problem leads: what each code means. */
export function problemRoutes(app: FastifyInstance): void {
  app.get(
    '/problems',
    {
      config: needsNothing,
      schema: {
        operationId: 'listProblems',
        tags: ['daemon'],
        summary: 'Every code that a refusal can carry',
        response: {
          200: {
            description: 'The codes in the order of the alphabet.',
            type: 'object',
            required: ['problems'],
            additionalProperties: false,
            properties: { problems: { type: 'array', items: entry } },
          },
          ...refusals,
        },
      },
    },
    async () => ({ problems: problemTable() }),
  )

  app.get<{ Params: { readonly code: string } }>(
    '/problems/:code',
    {
      config: needsNothing,
      schema: {
        operationId: 'getProblem',
        tags: ['daemon'],
        summary: 'What a code means',
        params: { type: 'object', required: ['code'], properties: { code: { type: 'string' } } },
        response: { 200: { description: 'The code.', ...entry }, ...refusals },
      },
    },
    async ({ params, method, url }) => {
      if (!isProblemCode(params.code)) throw routeNotFound(method, url)
      return problemMeaning(params.code)
    },
  )
}
