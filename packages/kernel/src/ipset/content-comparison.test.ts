import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { ContentComparison } from './content-comparison.ts'
import { Ipset } from './ipset.ts'

describeOnKernel('a comparison of contents', () => {
  let sets: Ipset

  beforeEach(() => {
    sets = new Ipset()
  })

  afterEach(() => {
    sets.destroyAll()
    sets.close()
  })

  async function compare(
    type: string,
    options: { family?: 'inet6'; netmask?: number },
    before: readonly string[],
    after: readonly string[],
  ): Promise<{ complete: boolean; counts: readonly number[] }> {
    const comparison = new ContentComparison(type, options)
    sets.create('old', type, options)
    sets.addMany('old', before)
    sets.create('new', type, options)
    await using stream = sets.stream('add', 'new', { exists: 'ignore', comparison, onError: () => undefined })
    for (const entry of after) stream.append(entry)
    await stream.flush()
    const { complete } = comparison
    for await (const listed of sets.listedEntries('old')) comparison.old(listed)
    if (!complete) for await (const listed of sets.listedEntries('new')) comparison.fresh(listed)
    const { added, kept, removed } = await comparison.difference()
    return { complete, counts: [added, kept, removed] }
  }

  test.each([
    ['hash:ip', {}, ['10.0.0.1', '10.0.0.2'], ['10.0.0.2', '10.0.0.3', '10.0.0.3'], true, [1, 1, 1]],
    ['hash:ip', {}, ['10.0.0.1', '10.0.0.2'], ['10.0.0.2/31'], false, [1, 1, 1]],
    ['hash:ip', {}, ['10.0.0.1'], ['10.0.0.1', '::1'], false, [0, 1, 0]],
    ['hash:ip', { netmask: 8 }, ['10.0.0.1'], ['10.9.9.9'], false, [0, 1, 0]],
    ['hash:ip', { family: 'inet6' }, ['::1', '::2'], ['::2', '::3'], true, [1, 1, 1]],
    ['hash:net', {}, ['10.0.0.0/8', '10.0.0.0/9'], ['10.1.2.3/8', '10.0.0.0'], true, [1, 1, 1]],
    ['hash:net', {}, ['0.0.0.0/1', '128.0.0.0/1'], ['0.0.0.0/0'], false, [0, 0, 2]],
    ['hash:net', { family: 'inet6' }, ['2001:db8::/33'], ['2001:db8:1::/33', '::/1'], true, [1, 1, 0]],
    ['hash:ip,port', {}, ['10.0.0.1,tcp:80'], ['10.0.0.1,80', '10.0.0.1,udp:80'], false, [1, 1, 0]],
  ] as const)('of type %s %j: %j, then %j', async (type, options, before, after, complete, counts) => {
    expect(await compare(type, options, before, after)).toEqual({ complete, counts })
  })
})
