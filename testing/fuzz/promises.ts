import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import type { ApiDocument, Operation } from './document.ts'
import { type Exchange, type FuzzRequest, headerOf } from './request.ts'

/** What the document promises of every answer, whatever was asked. */
const PROBLEM = '#/components/schemas/Problem'

const READINESS = 'getReadiness'

/** Lines of one answer that are looked at. */
const LINES = 1_000

/** Says that something of the machine is not there, not that anything is broken. */
const lacking: ReadonlySet<string> = new Set([
  'set-type-unsupported',
  'set-option-unsupported',
  'no-recent-support',
])

/** Holds answers against the document: never a 5xx that it does not name, never a body that it does not describe. */
export class Promises {
  readonly #operations: ReadonlyMap<string, Operation>
  readonly #ajv = new Ajv2020({ strict: false, formats: fullFormats, validateSchema: false, logger: false })
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor(document: ApiDocument) {
    this.#operations = new Map(document.operations.map((operation) => [operation.id, operation]))
    this.#ajv.addSchema({ ...document.json, $id: 'document' })
  }

  /** What is wrong with an answer, in a sentence. */
  fault({ request, answer, why }: Exchange): string | undefined {
    // Who is refused for its length may have been sent the answer while it went on, and see the end of the connection alone.
    if (answer === undefined && isTooLong(request) && /EPIPE|ECONNRESET/.test(why ?? '')) return undefined
    if (answer === undefined) return `there was no answer: ${why}`
    const { status, body } = answer
    if (request.raw !== undefined)
      return status >= 500 || (status === 0 && body !== '')
        ? `${status} to bytes that are no request`
        : undefined
    const operation = this.#operationOf(request, body)
    const types = operation?.responses.get(String(status))
    if (status >= 500 && types === undefined) {
      const code = codeIn(body)
      if (status !== 501 || !lacking.has(code)) return `${status} ${code}`
    }
    const type = headerOf(answer, 'content-type')?.split(';', 1)[0] ?? ''
    if (status >= 400) {
      // Other paths are of the rfw protocol, which has no problems.
      if (request.method === 'HEAD' || !request.path.startsWith('/v1/')) return undefined
      if (operation === undefined && body.startsWith('ERROR: ')) return undefined
      if (type !== 'application/problem+json')
        return `${status} is of the type ${JSON.stringify(type)}, and no problem`
      return (
        this.#held(types?.get(type) ?? PROBLEM, body) ??
        (statusIn(body) === status ? undefined : 'the problem tells of another status')
      )
    }
    if (operation === undefined) return undefined
    if (types === undefined) return `the status ${status} is not described`
    if (body === '' && types.size === 0) return undefined
    if (status === 304 || (status === 200 && type === 'text/event-stream')) return undefined
    const pointer = types.get(type)
    if (pointer === undefined) return `${status} of the type ${JSON.stringify(type)} is not described`
    if (type === 'application/json') return this.#held(pointer, body)
    if (type !== 'application/x-ndjson') return undefined
    const lines = body.split('\n')
    if (lines.pop() !== '' && answer.isWhole) return 'the last line has no end'
    for (const line of lines.slice(0, LINES)) {
      const fault = this.#held(pointer, line)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  /** A request that was made wrong may ask whether the daemon is ready without being one of that operation. */
  #operationOf({ operation, path }: FuzzRequest, body: string): Operation | undefined {
    const isReadiness = path.startsWith('/v1/ready') && codeIn(body) === 'not-ready'
    const id = isReadiness ? READINESS : operation
    return id === undefined ? undefined : this.#operations.get(id)
  }

  #held(pointer: string, text: string): string | undefined {
    const value = parsed(text)
    if (value === undefined) return `the body is no JSON: ${text.slice(0, 200)}`
    const validate = this.#compiled.get(pointer) ?? this.#ajv.compile({ $ref: `document${pointer}` })
    this.#compiled.set(pointer, validate)
    if (validate(value)) return undefined
    const [fault] = validate.errors ?? []
    return `${fault?.instancePath} ${fault?.message} ${JSON.stringify(fault?.params)} in ${text.slice(0, 600)}`
  }
}

/** A body of more than 1 MiB. */
function isTooLong({ body }: FuzzRequest): boolean {
  return body !== undefined && body.length > 2 ** 20
}

/** The code of a problem; empty where it is none. */
function codeIn(body: string): string {
  return /"code":"([\w-]+)"/.exec(body)?.[1] ?? ''
}

function statusIn(body: string): unknown {
  const value = parsed(body)
  return typeof value === 'object' && value !== null && 'status' in value ? value.status : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
