/** Replaces the set NAME so many TIMES, each time by the address KEPT and others that change. */
import { openFirewall } from 'chainmail'

const [, , name = '', times = '', kept = ''] = process.argv
await using firewall = await openFirewall()
const set = await firewall.set(name)
for (let time = 0; time < Number(times); time++) {
  const others = Array.from(
    { length: 1 + (time % 20) },
    (_, index) => `198.51.100.${(time % 2) * 100 + index}`,
  )
  await set.replace(time % 3 === 0 ? [kept, ...others] : [...others, kept])
}
