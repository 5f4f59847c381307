import { expect, it } from 'vitest'
import type { MetricSamples, SeeingAccess } from '../access/seeing.ts'
import { Sampler } from './sampler.ts'

/** A daemon whose requests grow by ten each time it is asked, and which takes so many milliseconds to count packets. */
function fake(countingTime: number) {
  const asked: boolean[] = []
  let [now, requests] = [0, 0]
  const seeing: SeeingAccess = {
    status: async () => ({ document: {}, value: { facts: [], healthy: true } }),
    newestBans: async () => [],
    metrics: async (counters): Promise<MetricSamples> => {
      asked.push(counters)
      if (counters) now += countingTime
      requests += 10
      return new Map([['chainmail_http_requests_total', [{ labels: {}, value: requests }]]])
    },
  }
  const sampler = new Sampler({ seeing, now: () => now })
  const pass = (milliseconds: number): void => {
    now += milliseconds
  }
  return { asked, sampler, pass }
}

it('counts from the first time on', async () => {
  const { sampler, pass } = fake(0)
  expect(await sampler.sample()).toBeUndefined()
  pass(2_000)
  expect((await sampler.sample())?.figures.rates.requests).toBe(5)
  sampler.reset()
  expect(await sampler.sample()).toBeUndefined()
})

it('counts packets each time where that is quick', async () => {
  const { asked, sampler, pass } = fake(20)
  for (let time = 0; time < 4; time++) {
    await sampler.sample()
    pass(1_000)
  }
  expect(asked).toEqual([true, true, true, true])
})

it('counts them seldom where it takes long, unless they are wanted at any price', async () => {
  const { asked, sampler, pass } = fake(500)
  for (let time = 0; time < 10; time++) {
    await sampler.sample()
    pass(1_000)
  }
  expect(asked.filter(Boolean)).toHaveLength(2)
  await sampler.sample(true)
  expect(asked.at(-1)).toBe(true)
})
