import type { Client } from '@chainmail/daemon/client'
import { runCommand } from '../command.ts'
import { held } from './callers/caller.ts'
import type { Held, Model } from './model.ts'
import { banName, chainName } from './names.ts'

/** In a user namespace iptables-nft-restore takes no more than some 900 rules in one commit. */
const RULES_A_COMMIT = 400

/** A ban of so many is of another scope than `everything`. */
const SCOPED_EVERY = 10
const scopes = ['input', 'forward', 'tcp:22']

/** Makes chains in this network namespace, and fills the first of them with rules that the load never touches. */
export async function makeChains(
  [full = '', ...empty]: readonly string[],
  rules: number,
  model: Model,
): Promise<void> {
  const lines = Array.from(
    { length: rules },
    (_, index) =>
      `-s 18.${index >> 16}.${(index >> 8) & 255}.${index & 255}/32 -p tcp -m tcp --dport ${1 + (index % 65_535)} -j DROP`,
  )
  await restore([full, ...empty].map((chain) => `:${chain} - [0:0]`))
  for (let start = 0; start < lines.length; start += RULES_A_COMMIT)
    await restore(lines.slice(start, start + RULES_A_COMMIT).map((line) => `-A ${full} ${line}`))
  model.begin(new Map([[chainName(full), { text: lines.join('\n') }]])).made()
}

function restore(lines: readonly string[]) {
  return runCommand('iptables-restore', ['--noflush', '--wait'], {
    input: `*filter\n${lines.join('\n')}\nCOMMIT\n`,
  })
}

/** Makes bans that the load never touches, and a set for it. */
export async function makeBans(client: Client, amount: number, model: Model): Promise<void> {
  const changes = new Map<string, Held>()
  function* lines(): Generator<string> {
    for (let index = 0; index < amount; index++) {
      const address = `11.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
      const isScoped = index % SCOPED_EVERY === 0
      const scope = (isScoped ? scopes[(index / SCOPED_EVERY) % scopes.length] : undefined) ?? 'everything'
      const seconds = index % 2 === 0 ? undefined : 86_400
      const reason = `before ${index}`
      changes.set(banName(address, scope), held(reason, seconds))
      yield JSON.stringify({ address, scope, reason, for: seconds })
    }
  }
  const refused = await Array.fromAsync(client.stream('POST', '/v1/bans?results=refused', lines()))
  if (refused.length !== 1) throw new Error(`bans were refused: ${JSON.stringify(refused[0])}`)
  model.begin(changes).made()
}

export async function makeSet(client: Client, name: string): Promise<void> {
  await client.request('POST', '/v1/sets', { name, type: 'hash:ip' })
}
