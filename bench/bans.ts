import { openFirewall } from 'chainmail'
import { Addresses } from './addresses.ts'
import { compare, type Effort, type Measurement, timePerOperation } from './harness.ts'
import { timeSpawns } from './shell.ts'

/** A ban through the library, one after the other, against ipset's own command. */
export async function measureBans(effort: Effort): Promise<Measurement[]> {
  await using firewall = await openFirewall()
  const addresses = new Addresses()
  // The first ban makes the set and its rule.
  await firewall.ban(addresses.next())
  const bans = effort.operations(2_000)
  const spawns = effort.operations(60)
  const ban = await compare(
    {
      what: 'a ban through the library',
      unit: 'time',
      bar: 60,
      ours: {
        name: 'await firewall.ban()',
        round() {
          const banned = addresses.take(bans)
          return timePerOperation(bans, async () => {
            for (const address of banned) await firewall.ban(address)
          })
        },
      },
      beside: {
        name: 'ipset add',
        round: () => timeSpawns('ipset add chainmail-ban4 "$word"', addresses.take(spawns)),
      },
    },
    effort.rounds,
  )
  return [ban]
}
