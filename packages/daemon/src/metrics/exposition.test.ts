import { Distribution } from 'chainmail'
import { expect, it } from 'vitest'
import { exposition, metricDocuments, Samples } from './exposition.ts'
import { readExposition } from './exposition-reader.ts'

it('writes what a strict reader reads back, whatever names hold', () => {
  const hostile = 'a "b" \\ c\nchainmail_bans 1} \u001b[31m ä'
  const samples = new Samples()
  samples.add('chainmail_set_entries', 3, hostile)
  samples.add('chainmail_set_entries', 4, 'other')
  const read = readExposition(exposition(samples)).get('chainmail_set_entries')
  expect(read?.samples).toEqual([
    { name: 'chainmail_set_entries', labels: { set: hostile }, value: 3 },
    { name: 'chainmail_set_entries', labels: { set: 'other' }, value: 4 },
  ])
  expect(read?.type).toBe('gauge')
})

it('writes a histogram whole and cumulative', () => {
  const seen = new Distribution([0.5, 1])
  for (const value of [0.1, 0.7, 3]) seen.observe(value)
  const samples = new Samples()
  samples.add('chainmail_kernel_commit_duration_seconds', seen, 'rules')
  const text = exposition(samples)
  expect(text).toContain(
    [
      '# TYPE chainmail_kernel_commit_duration_seconds histogram',
      'chainmail_kernel_commit_duration_seconds_bucket{kind="rules",le="0.5"} 1',
      'chainmail_kernel_commit_duration_seconds_bucket{kind="rules",le="1"} 2',
      'chainmail_kernel_commit_duration_seconds_bucket{kind="rules",le="+Inf"} 3',
      'chainmail_kernel_commit_duration_seconds_sum{kind="rules"} 3.8',
      'chainmail_kernel_commit_duration_seconds_count{kind="rules"} 3',
      '',
    ].join('\n'),
  )
  expect(readExposition(text).size).toBeGreaterThan(30)
  const document = metricDocuments(samples).find(
    ({ name }) => name === 'chainmail_kernel_commit_duration_seconds',
  )
  expect(document?.samples).toEqual([
    {
      labels: { kind: 'rules' },
      buckets: [
        { upTo: 0.5, count: 1 },
        { upTo: 1, count: 2 },
      ],
      sum: 3.8,
      count: 3,
    },
  ])
})

it.each([
  ['a sample before its metric', 'a 1\n'],
  ['a metric that comes twice', '# HELP a x\n# TYPE a gauge\n# HELP a x\n'],
  ['a sample that comes twice', '# HELP a x\n# TYPE a gauge\na 1\na 2\n'],
  ['a label without its quotation marks', '# HELP a x\n# TYPE a gauge\na{b=c} 1\n'],
  ['a value that is no number', '# HELP a x\n# TYPE a gauge\na one\n'],
  ['a histogram without its end', '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n'],
  [
    'a histogram that falls',
    '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
  ],
])('is checked by a reader that refuses %s', (_, text) => {
  expect(() => readExposition(text)).toThrow()
})
