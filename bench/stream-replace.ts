/**
 * Replaces a set by so many entries that come as a stream, in a process that has done nothing before, so that its
 * memory is that of the replace; prints what that asked of the process.
 *
 *     node bench/stream-replace.ts NAME COUNT
 */
import { openFirewall } from 'chainmail'
import { addressTexts, randomAddresses } from './random-addresses.ts'
import { strainOf, strainText } from './strain.ts'

const [name = '', count = ''] = process.argv.slice(2)
await using firewall = await openFirewall()
const set = await firewall.set(name)
const addresses = randomAddresses(Number(count))
const strain = await strainOf(async () => {
  await set.replace(addressTexts(addresses))
})
process.stdout.write(`${strainText(strain)}\n`)
