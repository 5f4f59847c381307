import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { clientTypes } from '../../../testing/client-types.ts'
import { testServer } from '../../daemon/src/v1/test-server.ts'

const golden = join(import.meta.dirname, 'api.generated.ts')

it("has the types of the daemon's document; UPDATE_GOLDEN=1 writes them anew", async () => {
  await using server = await testServer()
  const text = clientTypes(JSON.parse((await server.app.inject('/v1/openapi.json')).payload))
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text)
  expect(text === readFileSync(golden, 'utf8'), 'UPDATE_GOLDEN=1 npm test -- packages/client').toBe(true)
})
