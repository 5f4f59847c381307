import swagger from '@fastify/swagger'
import { ruleSchema } from 'chainmail'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Schemas for the document alone, of what the route reads by itself: the library's model checks a rule, and
     * tells what is wrong with it better than a JSON Schema can.
     */
    readonly documented?: FastifySchema
  }
}

/** Makes the OpenAPI document of the routes that are added after it. */
export async function addOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
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
        { name: 'rules', description: 'Tables, chains and rules of iptables and ip6tables.' },
        { name: 'plans', description: 'Desired states: what would change, and changes on probation.' },
        { name: 'history', description: 'Every change that was made through the daemon, and the way back.' },
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
      return openapiObject
    },
    transform: ({ schema, url, route }) => ({ schema: { ...schema, ...route.config?.documented }, url }),
  })
}

function nameOf(id: unknown): string | undefined {
  return typeof id === 'string' ? id : undefined
}
