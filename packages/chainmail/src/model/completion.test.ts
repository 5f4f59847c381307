import { expect, it } from 'vitest'
import { LanguageServer } from '../../../../testing/language-server.ts'
import type { Option } from './extension.ts'
import { limit } from './matches/limit.ts'
import { LOG } from './targets/LOG.ts'

/** What an editor offers inside a rule that is being written. */
async function offered(server: LanguageServer, members: string): Promise<Readonly<Record<string, string>>> {
  const text = `import type { RuleInput } from './rule.ts'\nexport const rule: RuleInput = { ${members} }\n`
  const found = await server.completions('packages/chainmail/src/model', text)
  return Object.fromEntries(
    found.map(({ label, documentation }) => [label.replace(/\?$/, ''), documentation]),
  )
}

function described(options: Readonly<Record<string, Option>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(options).map(([key, { about }]) => [key, about]))
}

it('an editor offers matches, targets and their options, each with what it does', async () => {
  await using server = await LanguageServer.start()
  expect(await offered(server, 'matches: { | }')).toMatchObject({ limit: limit.about })
  expect(await offered(server, 'matches: { limit: { | } }')).toEqual(described(limit.options))
  expect(await offered(server, 'target: { LOG: { | } }')).toEqual(described(LOG.options))
}, 60_000)
