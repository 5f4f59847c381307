import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Need } from '../identity/needs.ts'
import { rfwNeeds } from '../identity/rfw-needs.ts'
import { problemOf } from '../problems.ts'
import { askerOf } from '../v1/asker.ts'
import { originOf, withRevision } from '../v1/origin.ts'
import { type AllowedSource, refuseAllowed } from './allowed.ts'
import { type Command, CommandError, type Method, parseCommand } from './command.ts'
import { pathOf } from './entry.ts'
import type { EntryBook } from './entry-book.ts'
import { help } from './help.ts'
import type { RfwSettings } from './settings.ts'

export interface RfwSources {
  readonly book: Pick<EntryBook, 'put' | 'delete' | 'list' | 'find'>
  /** Says what no entry keeps away, as no ban does. */
  readonly bans: AllowedSource
  readonly settings: RfwSettings
  readonly log: Pick<Logger, 'error'>
}

const methods = ['GET', 'PUT', 'DELETE'] as const satisfies readonly Method[]

/** Paths that belong to somebody else: what is not found below them is not for rfw's grammar to refuse. */
const FOREIGN = /^\/v\d+(?:[/?]|$)/

/**
 * Adds rfw's protocol: one route for each method that takes whatever path no other route has, and hands it
 * undecoded to the grammar. So upper case, trailing slashes and encoded characters are read in one place.
 */
export async function addRfw(app: FastifyInstance, sources: RfwSources): Promise<void> {
  await app.register(async (rfw) => {
    // Requests say everything in their path; clients send bodies of any type along, and nobody reads them.
    rfw.removeAllContentTypeParsers()
    rfw.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined))
    rfw.setErrorHandler((error, request, reply) => refuse(error, request, reply, sources.log))
    for (const method of methods) {
      rfw.route({
        method,
        url: '/*',
        config: {
          needs: { kind: 'anyone', exactly: (request) => needsOf(method, request, sources) },
          isStored: true,
          ...(method === 'GET' ? { alsoChanges: (request) => changesBy(method, request, sources) } : {}),
        },
        schema: { hide: true },
        handler: (request, reply) => answer(method, request, reply, sources),
      })
    }
  })
}

/** What the command of a request needs; the same grammar reads it here and there. */
function needsOf(method: Method, { raw }: FastifyRequest, { book, settings }: RfwSources): readonly Need[] {
  const target = raw.url ?? '/'
  if (FOREIGN.test(target)) return []
  return rfwNeeds(parseCommand(method, target, settings), (entry) => book.find(entry), Date.now())
}

/** Whether a request asks for a change, and for one that can be understood. */
function changesBy(method: Method, { raw }: FastifyRequest, { settings }: RfwSources): boolean {
  const target = raw.url ?? '/'
  if (!settings.nonRestful || FOREIGN.test(target)) return false
  try {
    const command = parseCommand(method, target, settings)
    return command.do === 'put' || command.do === 'delete'
  } catch (error) {
    if (error instanceof CommandError) return false
    throw error
  }
}

async function answer(
  method: Method,
  request: FastifyRequest,
  reply: FastifyReply,
  sources: RfwSources,
): Promise<unknown> {
  const { book, settings } = sources
  const target = request.raw.url ?? '/'
  if (FOREIGN.test(target)) return reply.callNotFound()
  const command = parseCommand(method, target, settings)
  if (command.do === 'list') return book.list(command.chain)
  reply.type('text/plain; charset=utf-8')
  if (command.do === 'help') return help
  return change(command, request, reply, sources)
}

async function change(
  command: Command & { do: 'put' | 'delete' },
  request: FastifyRequest,
  reply: FastifyReply,
  { book, bans, settings }: RfwSources,
): Promise<string> {
  const { entry } = command
  const origin = { ...originOf(request.raw), door: 'rfw' } as const
  if (settings.whitelist?.touches(entry) === true)
    throw new CommandError('the request touches an address of the whitelist')
  if (command.do === 'delete') {
    withRevision(reply, await book.delete(entry, origin))
    return `deleted ${pathOf(entry)}\n`
  }
  await refuseAllowed(entry, askerOf(request.raw).asker, bans)
  withRevision(reply, await book.put(entry, command.seconds, origin))
  return `put ${pathOf(entry)} ${command.seconds === 0 ? 'for ever' : `for ${command.seconds} s`}\n`
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, log: RfwSources['log']): void {
  reply.type('text/plain; charset=utf-8')
  if (error instanceof CommandError) {
    reply.code(400).send(`ERROR: ${error.message}\n`)
    return
  }
  const { status, detail } = problemOf(error)
  if (status >= 500) log.error({ err: error, method: request.method, url: request.url }, detail)
  reply.code(status).send(`ERROR: ${detail}\n`)
}
