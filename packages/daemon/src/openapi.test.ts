import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ruleSchema } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { testServer } from './v1/test-server.ts'

const golden = join(import.meta.dirname, 'v1/openapi.golden.json')

describe('the OpenAPI document', () => {
  it('is the one that is kept; UPDATE_GOLDEN=1 writes it anew', async () => {
    await using server = await testServer()
    const document = JSON.parse((await server.app.inject('/v1/openapi.json')).payload)
    // The schema of a rule is as long as all the rest, comes from the model, and is kept there.
    document.components.schemas.Rule = {}
    const text = `${JSON.stringify(document, undefined, 2)}\n`
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text)
    expect(text).toBe(readFileSync(golden, 'utf8'))
  })

  it("has the model's schema of a rule", async () => {
    await using server = await testServer()
    const { components } = JSON.parse((await server.app.inject('/v1/openapi.json')).payload)
    expect(components.schemas.Rule).toEqual(JSON.parse(JSON.stringify(ruleSchema)))
  })

  it('describes every route', async () => {
    await using server = await testServer()
    const { paths } = JSON.parse((await server.app.inject('/v1/openapi.json')).payload)
    expect(Object.keys(paths).toSorted()).toEqual(apiPaths(server.app).toSorted())
  })
})

/** The paths that Fastify's own tree of routes has, but for those of the pages that show the document. */
function apiPaths(app: FastifyInstance): string[] {
  const above: string[] = []
  const paths: string[] = []
  for (const [, indent = '', part = ''] of app
    .printRoutes({ commonPrefix: false })
    .matchAll(/^([│ ]*)[├└]── (\/\S*) \(/gm)) {
    const depth = indent.length / 4
    above.splice(depth, Number.POSITIVE_INFINITY, part)
    paths.push(above.join('').replaceAll(/:(\w+)/g, '{$1}'))
  }
  return paths.filter((path) => !path.startsWith('/docs') && path !== '/v1/openapi.json')
}
