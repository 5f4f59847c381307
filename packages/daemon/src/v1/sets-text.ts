import { parseRestoreText } from '@chainmail/kernel'
import type { Firewall } from 'chainmail'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type SetChanges, snapshotSeen } from '../history/set-changes.ts'
import { needsRead } from '../identity/route-needs.ts'
import { setsNeed } from '../identity/rule-needs.ts'
import { sendDryRun } from './dry-run.ts'
import { originOf, withRevision } from './origin.ts'
import { refusals } from './schemas.ts'
import { refuseOwned } from './sets-firewall.ts'
import { termsOf } from './terms.ts'

/** What the routes need of the library. */
export interface SetTextFirewall {
  setNames(): readonly string[]
  saveSets(name?: string): Promise<string>
  restoreSets(text: string): Promise<void>
  readonly setCommands: Pick<Firewall['setCommands'], 'rehearsal'>
}

interface TextRequest {
  readonly Body: string
}

/** Bytes of a text for ipset restore. */
const TEXT_LIMIT = 64 * 1024 ** 2

const words = { type: 'string', description: 'A command of ipset a line.' } as const

/** Sets as ipset save prints them and ipset restore reads them. */
export async function setTextRoutes(
  app: FastifyInstance,
  firewall: SetTextFirewall,
  changes: SetChanges,
): Promise<void> {
  app.get<{ Querystring: { readonly set?: string } }>(
    '/ipset',
    {
      config: needsRead,
      schema: {
        operationId: 'saveSets',
        tags: ['sets'],
        summary: 'All sets, or one, as ipset save prints them',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { set: { type: 'string', description: 'All of them when it is absent.' } },
        },
        response: {
          200: { description: 'The text.', content: { 'text/plain': { schema: words } } },
          ...refusals,
        },
      },
    },
    async ({ query: { set } }, reply) => reply.type('text/plain').send(await firewall.saveSets(set)),
  )

  await app.register(async (texts) => {
    // Only here is a text the commands of a program.
    texts.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )
    texts.post<TextRequest>(
      '/ipset',
      {
        bodyLimit: TEXT_LIMIT,
        config: {
          dryRun: true,
          needs: {
            kind: 'edit',
            exactly: ({ body }: FastifyRequest<TextRequest>) => [setsNeed(...namesOf(body, firewall))],
          },
          documented: { body: { content: { 'text/plain': { schema: words } } } },
        },
        schema: {
          operationId: 'restoreSets',
          tags: ['sets'],
          summary: 'Do what a text for ipset restore says, line by line',
          description:
            'As ipset does it: the lines before one that is refused are done, and a set that is full does not grow. The sets of chainmail itself are refused before anything is done.',
          response: { 204: { description: 'All of it is done.', type: 'null' }, ...refusals },
        },
      },
      async (request, reply) => {
        const { body, raw } = request
        const names = namesOf(body, firewall)
        for (const name of names) refuseOwned(name)
        if (termsOf(request).dryRun) {
          await using rehearsed = firewall.setCommands.rehearsal()
          await rehearsed.change(parseRestoreText(body))
          const after = await Promise.all(names.map((name) => snapshotSeen(rehearsed, name)))
          return sendDryRun(reply, 'sets', await changes.foresee(names, () => after))
        }
        // What was done before a line that was refused is kept too.
        const { result, revision } = await changes.around(originOf(raw), names, () =>
          firewall.restoreSets(body).then(
            () => undefined,
            (reason: unknown) => ({ reason }),
          ),
        )
        withRevision(reply, revision)
        if (result !== undefined) throw result.reason
        return reply.code(204).send()
      },
    )
  })
}

/** The sets that a text may change. @throws InputError `bad-restore-line` */
function namesOf(text: string, firewall: SetTextFirewall): readonly string[] {
  const names = new Set<string>()
  for (const operation of parseRestoreText(text)) {
    if (operation.name === undefined) for (const name of firewall.setNames()) names.add(name)
    else names.add(operation.name)
    if ('name2' in operation) names.add(operation.name2)
  }
  return [...names]
}
