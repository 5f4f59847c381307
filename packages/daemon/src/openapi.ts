import { ruleSchema } from 'chainmail'
import Fastify, { type FastifyInstance, type FastifySchema, type RouteOptions } from 'fastify'
import { changing } from './audit/audited-requests.ts'
import { KEY_HEADER, keySchema } from './idempotency/key.ts'
import { anySecurity, securityOf, securitySchemes } from './identity/openapi-security.ts'
import { NDJSON } from './v1/ndjson.ts'

type OpenApiDocument = Exclude<ReturnType<FastifyInstance['swagger']>, string>

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Schemas for the document alone, of what the route reads by itself: the library's model checks a rule, and
     * tells what is wrong with it better than a JSON Schema can.
     */
    readonly documented?: FastifySchema
  }

  interface FastifyInstance {
    /** The OpenAPI document of all routes, once they are all there. */
    openApi(): Promise<OpenApiDocument>
  }
}

/**
 * Makes the OpenAPI document of the routes that are added after it when it is first asked for: a daemon that nobody asks
 * does not load what makes it.
 */
export function addOpenApi(app: FastifyInstance, version: string): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    if (route.schema?.hide !== true) routes.push(route)
  })
  let document: Promise<OpenApiDocument> | undefined
  app.decorate('openApi', () => {
    document ??= documentOf(routes, app.getSchemas(), version)
    return document
  })
}

/** @param schemas what those of the routes refer to */
async function documentOf(
  routes: readonly RouteOptions[],
  schemas: Readonly<Record<string, unknown>>,
  version: string,
): Promise<OpenApiDocument> {
  const { default: swagger } = await import('@fastify/swagger')
  // A server for the plugin alone: nothing listens, and its routes are never called.
  const shown = Fastify({ exposeHeadRoutes: false })
  shown.setValidatorCompiler(() => () => true)
  shown.setSerializerCompiler(() => String)
  await shown.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'chainmail',
        version,
        description:
          "The firewall of this host's kernel. A 2xx answer leaves when the kernel has the change and the store holds it; any other means that nothing was changed, unless its code is outcome-unknown.",
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'bans', description: 'Addresses and networks whose packets are dropped.' },
        { name: 'allowlist', description: 'Addresses and networks that nothing may ban.' },
        { name: 'sets', description: 'Sets of addresses, networks, ports and the like, of ipset.' },
        { name: 'recent', description: 'The lists of addresses that rules with the match recent keep.' },
        { name: 'texts', description: 'Rules as texts, without a kernel: translated, checked, formatted.' },
        { name: 'rules', description: 'Tables, chains and rules of iptables and ip6tables.' },
        { name: 'plans', description: 'Desired states: what would change, and changes on probation.' },
        { name: 'history', description: 'Every change that was made through the daemon, and the way back.' },
        { name: 'audit', description: 'Who has changed what, and who was refused.' },
        { name: 'keys', description: 'Who may do what: API keys, passwords and client certificates.' },
        { name: 'daemon', description: 'The daemon itself.' },
      ],
    },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) => nameOf(schema.$id) ?? `schema-${index}`,
    },
    // The plugin rewrites schemas as OpenAPI 3.0 needs them; 3.1 takes the model's as it is.
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject
      const { openapiObject } = document
      openapiObject.components ??= {}
      openapiObject.components.schemas ??= {}
      Object.assign(openapiObject.components.schemas, { Rule: ruleSchema })
      // Told here, since the plugin does not know every kind of them.
      Object.assign(openapiObject.components, { securitySchemes })
      openapiObject.security = anySecurity()
      return openapiObject
    },
    transform: ({ schema, url, route }) => {
      const { documented } = route.config ?? {}
      const isKeyed = url.startsWith('/v1/') && hasChange(route.method)
      const told = { ...schema, ...documented, ...securityOf(route.config?.needs) }
      return { schema: isKeyed && !isOfLines(told.body) ? withKey(told) : told, url }
    },
  })
  for (const schema of Object.values(schemas)) shown.addSchema(schema)
  for (const route of routes) shown.route({ ...route, handler: async () => undefined })
  await shown.ready()
  return shown.swagger()
}

function hasChange(method: string | string[]): boolean {
  return [method].flat().some((one) => changing.has(one))
}

/** Streams of lines take no key. */
function isOfLines(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('content' in body)) return false
  return typeof body.content === 'object' && body.content !== null && NDJSON in body.content
}

function withKey(schema: FastifySchema): FastifySchema {
  const properties = { [KEY_HEADER]: keySchema, ...propertiesOf(schema.headers) }
  return { ...schema, headers: { type: 'object', properties } }
}

function propertiesOf(schema: unknown): object {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return {}
  return typeof schema.properties === 'object' ? { ...schema.properties } : {}
}

function nameOf(id: unknown): string | undefined {
  return typeof id === 'string' ? id : undefined
}
