/** What of an OpenAPI document matters here. */
export type Schema = Readonly<Record<string, unknown>>

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly isRequired: boolean
  readonly schema: Schema
}

export interface Operation {
  readonly id: string
  readonly method: string
  /** With its parameters in braces. */
  readonly path: string
  readonly parameters: readonly Parameter[]
  /** The schema of the body for each type that it may have; none where there is no body. */
  readonly bodies: ReadonlyMap<string, Schema>
  /** The types of an answer for each status, such as `200` or `4XX`, with the JSON pointer of the schema. */
  readonly responses: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** An OpenAPI document as a daemon serves it. */
export class ApiDocument {
  readonly json: Schema
  readonly operations: readonly Operation[]

  constructor(text: string) {
    this.json = recordOf(JSON.parse(text))
    this.operations = Object.entries(recordOf(this.json.paths)).flatMap(([path, methods]) =>
      Object.entries(recordOf(methods)).map(([method, one]) => operationOf(path, method, recordOf(one))),
    )
  }

  /** The schema itself, or what it refers to. */
  resolved(schema: Schema): Schema {
    const { $ref } = schema
    if (typeof $ref !== 'string') return schema
    const found = $ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, key) => recordOf(at)[key.replaceAll('~1', '/').replaceAll('~0', '~')], this.json)
    return this.resolved(recordOf(found))
  }
}

function operationOf(path: string, method: string, given: Schema): Operation {
  const place = `#/paths/${escaped(path)}/${method}/responses`
  return {
    id: String(given.operationId),
    method: method.toUpperCase(),
    path,
    parameters: listOf(given.parameters).map((one) => parameterOf(recordOf(one))),
    bodies: new Map(
      Object.entries(recordOf(recordOf(given.requestBody).content)).map(([type, media]) => [
        type,
        recordOf(recordOf(media).schema),
      ]),
    ),
    responses: new Map(
      Object.entries(recordOf(given.responses)).map(([status, response]) => [
        status,
        new Map(
          Object.keys(recordOf(recordOf(response).content)).map((type) => [
            type,
            `${place}/${status}/content/${escaped(type)}/schema`,
          ]),
        ),
      ]),
    ),
  }
}

function parameterOf({ name, in: place, required, schema }: Schema): Parameter {
  const where = place === 'path' || place === 'query' ? place : 'header'
  return { name: String(name), in: where, isRequired: required === true, schema: recordOf(schema) }
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

export function recordOf(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
