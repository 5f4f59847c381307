import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ruleSchema } from 'chainmail'
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
    const described = Object.entries<object>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    expect(described.toSorted()).toEqual([
      'delete /v1/allowlist/{address}',
      'delete /v1/bans',
      'delete /v1/bans/{address}',
      'delete /v1/recent/{name}/entries/{address}',
      'delete /v1/sets/{name}',
      'delete /v1/sets/{name}/entries',
      'delete /v1/tables/{table}/chains/{chain}/rules',
      'delete /v1/tables/{table}/chains/{chain}/rules/{number}',
      'get /v1/allowlist',
      'get /v1/bans',
      'get /v1/bans/{address}',
      'get /v1/events',
      'get /v1/probations',
      'get /v1/problems',
      'get /v1/problems/{code}',
      'get /v1/recent',
      'get /v1/recent/{name}',
      'get /v1/revisions',
      'get /v1/revisions/{number}',
      'get /v1/revisions/{number}/diff/{other}',
      'get /v1/revisions/{number}/verify',
      'get /v1/sets',
      'get /v1/sets/{name}',
      'get /v1/sets/{name}/entries',
      'get /v1/sets/{name}/test',
      'get /v1/status',
      'get /v1/tables',
      'get /v1/tables/{table}/chains/{chain}',
      'post /v1/apply',
      'post /v1/bans',
      'post /v1/plan',
      'post /v1/probations/{id}/confirm',
      'post /v1/probations/{id}/revert',
      'post /v1/programs/{program}',
      'post /v1/recent/{name}/entries',
      'post /v1/recent/{name}/flush',
      'post /v1/revisions/{number}/rollback',
      'post /v1/sets',
      'post /v1/sets/{name}/entries',
      'post /v1/sets/{name}/flush',
      'post /v1/sets/{name}/rename',
      'post /v1/sets/{name}/swap',
      'post /v1/tables/{table}/chains/{chain}/rules',
      'put /v1/allowlist/{address}',
      'put /v1/bans/{address}',
      'put /v1/sets/{name}/entries',
    ])
  })
})
