import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { BodyTimes } from './body-times.ts'

class Arriving {
  complete = false
  isStream = false
}

it('tells of bodies that are late, not of those that are there, are streams, or whose request has ended', async () => {
  const late = new Set<Arriving>()
  const bodies = new BodyTimes<Arriving>(20, (request) => void late.add(request))
  const [slow, whole, stream, ended] = [new Arriving(), new Arriving(), new Arriving(), new Arriving()]
  for (const request of [slow, whole, stream, ended]) bodies.begin(request)
  whole.complete = true
  stream.isStream = true
  bodies.end(ended)
  await expect.poll(() => [...late]).toEqual([slow])
})

it('each has its own time, whenever it begins', async () => {
  const late: Arriving[] = []
  const bodies = new BodyTimes<Arriving>(60, (request) => void late.push(request))
  const [first, second] = [new Arriving(), new Arriving()]
  bodies.begin(first)
  await setTimeout(5)
  bodies.begin(second)
  await expect.poll(() => late).toEqual([first, second])
  const third = new Arriving()
  bodies.begin(third)
  await expect.poll(() => late).toEqual([first, second, third])
})
