/** The types of @chainmail/client, made from the daemon's OpenAPI document. */

type Schema = Readonly<Record<string, unknown>>

/** The text of `packages/client/src/api.generated.ts`. */
export function clientTypes(document: unknown): string {
  const { components, paths } = recordOf(document)
  const schemas = Object.entries(recordOf(recordOf(components).schemas)).toSorted(byName)
  const operations = Object.entries(recordOf(paths))
    .flatMap(([path, methods]) =>
      Object.entries(recordOf(methods)).map(([method, operation]) =>
        operationOf(path, method, recordOf(operation)),
      ),
    )
    .filter(({ id }) => id !== '')
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
  return [
    '// Made from the OpenAPI document of the daemon: UPDATE_GOLDEN=1 npm test -- packages/client',
    '',
    "import type { RequestOptions } from './request-options.ts'",
    '',
    ...schemas.flatMap(([name, schema]) => [
      ...commentOf(schema, ''),
      `export type ${name} = ${typeOf(schema)}`,
      '',
    ]),
    '/**',
    ' * Every operation of the daemon: what it is asked for with, and what it answers, as a whole, line by line, and to a',
    ' * dry run.',
    ' */',
    'export interface Calls {',
    ...operations.flatMap(({ id, summary, members }) => [
      `  /** ${summary}. */`,
      `  ${id}: {`,
      ...members.map(([name, type]) => `    ${name}: ${type}`),
      '  }',
    ]),
    '}',
    '',
    '/** How each operation is called. */',
    'export const operations = {',
    ...operations.map(({ id, method, path }) => `  ${id}: ['${method}', '${path}'],`),
    '} as const satisfies Readonly<Record<keyof Calls, readonly [method: string, path: string]>>',
    '',
  ].join('\n')
}

function operationOf(path: string, method: string, operation: Schema) {
  const parameters = listOf(operation.parameters).map(recordOf)
  const answers = answersOf(recordOf(operation.responses))
  const input = [
    parametersMember(parameters, 'params', 'path'),
    parametersMember(parameters, 'query', 'query'),
    bodyMember(recordOf(operation.requestBody)),
  ].flat()
  const isOptional = !input.some((member) => /^readonly \w+:/.test(member))
  const isRehearsed = answers.whole.includes('DryRun') || parameters.some(({ name }) => name === 'dryRun')
  const members: [string, string][] = [
    ['inputs', `[input${isOptional ? '?' : ''}: RequestOptions & { ${input.join('; ')} }]`],
    ['answer', union(answers.whole.filter((type) => type !== 'DryRun'))],
    ['line', union(answers.lines)],
    ['rehearsed', isRehearsed && answers.whole.length > 0 ? 'DryRun' : 'never'],
  ]
  const { operationId, summary } = operation
  return {
    id: String(operationId ?? ''),
    summary: String(summary ?? ''),
    path,
    method: method.toUpperCase(),
    members,
  }
}

function parametersMember(parameters: readonly Schema[], member: string, place: string): string[] {
  const found = parameters.filter(({ in: where, name }) => where === place && name !== 'dryRun')
  if (found.length === 0) return []
  const types = found.map(({ name, required, schema }) => {
    const isRequired = required === true
    return `readonly ${nameOf(name)}${isRequired ? '' : '?'}: ${typeOf(schema)}${isRequired ? '' : ' | undefined'}`
  })
  const isRequired = found.some(({ required }) => required === true)
  return [
    `readonly ${member}${isRequired ? '' : '?'}: { ${types.join('; ')} }${isRequired ? '' : ' | undefined'}`,
  ]
}

/** A stream is no body: its lines are sent beside the input. */
function bodyMember({ content }: Schema): string[] {
  const types = Object.entries(recordOf(content)).filter(([type]) => type !== 'application/x-ndjson')
  if (types.length === 0) return []
  const schemas = types.map(([, media]) => recordOf(recordOf(media).schema))
  const type = union(schemas.map(typeOf))
  const isOptional = schemas.some(
    ({ $ref, type }) => $ref === '#/components/schemas/BanRequest' || listOf(type).includes('null'),
  )
  return [`readonly body${isOptional ? '?' : ''}: ${type}${isOptional ? ' | undefined' : ''}`]
}

function answersOf(responses: Schema): {
  readonly whole: readonly string[]
  readonly lines: readonly string[]
} {
  const whole: string[] = []
  const lines: string[] = []
  for (const [status, response] of Object.entries(responses)) {
    if (!/^2\d\d$/.test(status)) continue
    const content = Object.entries(recordOf(recordOf(response).content))
    if (content.length === 0) whole.push('undefined')
    for (const [type, media] of content) {
      const { schema } = recordOf(media)
      if (type === 'application/x-ndjson') lines.push(typeOf(schema))
      else {
        const { anyOf, type: kind } = recordOf(schema)
        whole.push(
          ...(Array.isArray(anyOf) ? anyOf.map(typeOf) : [kind === 'null' ? 'undefined' : typeOf(schema)]),
        )
      }
    }
  }
  return { whole, lines }
}

function typeOf(schema: unknown): string {
  const { $ref, anyOf, oneOf, allOf, enum: values, const: value, type, ...rest } = recordOf(schema)
  if (typeof $ref === 'string') return referenceOf($ref)
  const choices = anyOf ?? oneOf
  if (Array.isArray(choices)) return union(choices.map(typeOf))
  if (Array.isArray(allOf)) return allOf.map(typeOf).join(' & ')
  if (Array.isArray(values)) return union(values.map(literalOf))
  if (value !== undefined) return literalOf(value)
  if (Array.isArray(type)) return union(type.map((one) => typeOf({ ...rest, type: one })))
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return `readonly ${inParentheses(rest.items === undefined ? 'unknown' : typeOf(rest.items))}[]`
    case 'object':
      return objectType(rest)
    default:
      return rest.properties === undefined ? 'unknown' : objectType(rest)
  }
}

function objectType({ properties, required, additionalProperties }: Schema): string {
  const members = Object.entries(recordOf(properties)).map(([name, schema]) => {
    const isRequired = listOf(required).includes(name)
    return `readonly ${nameOf(name)}${isRequired ? '' : '?'}: ${typeOf(schema)}${isRequired ? '' : ' | undefined'}`
  })
  if (members.length > 0) return `{ ${members.join('; ')} }`
  const isOpen = additionalProperties !== false
  if (!isOpen) return 'Readonly<Record<never, never>>'
  const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'
  return `Readonly<Record<string, ${values}>>`
}

/** `#/components/schemas/Rule/properties/source` is a member of a type. */
function referenceOf(reference: string): string {
  const [name = 'unknown', ...path] = reference.replace('#/components/schemas/', '').split('/')
  const members = path.filter((_, index) => index % 2 === 1)
  return members.reduce((type, member) => `NonNullable<${type}[${JSON.stringify(member)}]>`, name)
}

function literalOf(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value)
}

/** A member's name, quoted where it is none by itself. */
function nameOf(name: unknown): string {
  const text = String(name)
  return /^[A-Za-z_$][\w$]*$/.test(text) ? text : `'${text}'`
}

function union(types: readonly string[]): string {
  return types.length === 0 ? 'never' : [...new Set(types)].join(' | ')
}

function inParentheses(type: string): string {
  return /[|&]/.test(type) ? `(${type})` : type
}

function commentOf(schema: unknown, indent: string): string[] {
  const { description } = recordOf(schema)
  return typeof description === 'string' ? [`${indent}/** ${description.replaceAll('*/', '* /')} */`] : []
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1
}

function recordOf(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
