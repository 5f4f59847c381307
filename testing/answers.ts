import { subscribe } from 'node:diagnostics_channel'
import { Readable } from 'node:stream'
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/*
 * Holds every answer of every daemon of a test against the schema that its document promises. Compiled, the schemas of
 * answers take seconds, which a daemon has no use for: so nobody but this looks, and it is imported by tests alone, or
 * with `--import` by the daemons that they start. An answer that breaks its promise becomes a 500, and is told on
 * standard error.
 */

/** Lines of one stream that are looked at. */
const LINES = 2_000

type Schema = Readonly<Record<string, unknown>>

subscribe('fastify.initialization', (message) => {
  if (isInitialization(message)) watch(message.fastify)
})

function isInitialization(message: unknown): message is { readonly fastify: FastifyInstance } {
  return typeof message === 'object' && message !== null && 'fastify' in message
}

function watch(app: FastifyInstance): void {
  // Added when all plugins are: it sees what every other hook has made of the answer.
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/v1/') || route.schema?.hide === true) return
    route.onSend = [route.onSend ?? [], new Answers(`${route.method} ${route.url}`).check].flat()
  })
}

/** The answers of one route. */
class Answers {
  readonly #route: string
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor(route: string) {
    this.#route = route
  }

  readonly check = async (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
  ): Promise<unknown> => {
    const { statusCode } = reply
    if (statusCode === 304) return payload
    const type = String(reply.getHeader('content-type') ?? '').split(';', 1)[0] ?? ''
    const status = String(statusCode)
    const responses = recordOf(recordOf(request.routeOptions.schema).response)
    const response = recordOf(responses[status] ?? responses[`${status[0]}xx`])
    if (Object.keys(response).length === 0) return this.#broken(`the status ${status} is not described`)
    const schema = schemaOf(response, type)
    if (schema === undefined) return this.#broken(`${status} of the type ${type} is not described`)
    const validate = await this.#validatorOf(`${status} ${type}`, schema, request.server)
    if (type === 'text/event-stream' || type === 'text/plain') return payload
    if (payload instanceof Readable) return Readable.from(this.#lines(payload, validate))
    if (payload === null || payload === undefined || payload === '') {
      if (response.type !== 'null') this.#broken(`${status} has no body`)
      return payload
    }
    this.#hold(JSON.parse(String(payload)), validate)
    return payload
  }

  async *#lines(stream: Readable, validate: ValidateFunction): AsyncGenerator<unknown, void> {
    let rest = ''
    let seen = 0
    for await (const piece of stream) {
      yield piece
      if (seen > LINES) continue
      const lines = (rest + String(piece)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (++seen <= LINES) this.#hold(JSON.parse(line), validate)
    }
  }

  #hold(value: unknown, validate: ValidateFunction): void {
    if (validate(value)) return
    const [fault] = validate.errors ?? []
    const words = `${fault?.instancePath} ${fault?.message} ${JSON.stringify(fault?.params)}`
    this.#broken(`${words} in ${JSON.stringify(value).slice(0, 1000)}`)
  }

  async #validatorOf(key: string, schema: Schema, app: FastifyInstance): Promise<ValidateFunction> {
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const made = (await ajvOf(app)).compile(schema)
    this.#compiled.set(key, made)
    return made
  }

  #broken(words: string): never {
    const message = `An answer to ${this.#route} is not as its schema says: ${words}`
    process.stderr.write(`${message}\n`)
    throw new Error(message)
  }
}

const ajvs = new WeakMap<object, Promise<Ajv2020>>()

/** One for all routes of a server: what many refer to is compiled once. */
function ajvOf(app: FastifyInstance): Promise<Ajv2020> {
  const shared = app.getSchemas()
  const [first] = Object.values(shared)
  const key = typeof first === 'object' && first !== null ? first : app
  const known = ajvs.get(key) ?? newAjv(shared)
  ajvs.set(key, known)
  return known
}

/** Loaded with the first answer, so that a start of the daemon takes what it takes without it. */
async function newAjv(shared: Schema): Promise<Ajv2020> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const { fullFormats } = await import('ajv-formats/dist/formats.js')
  // Few answers are held against each schema: what Ajv makes of it need not be short, and is made in half the time.
  const ajv = new Ajv2020({
    strict: false,
    formats: fullFormats,
    validateSchema: false,
    inlineRefs: false,
    code: { optimize: false },
  })
  for (const schema of Object.values(shared)) ajv.addSchema(recordOf(schema))
  return ajv
}

/** The schema of a body of this type. */
function schemaOf(response: Schema, type: string): Schema | undefined {
  if (response.content === undefined) {
    const { description: _, ...schema } = response
    return schema
  }
  const media = recordOf(response.content)[type]
  return media === undefined ? undefined : recordOf(recordOf(media).schema)
}

function recordOf(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
