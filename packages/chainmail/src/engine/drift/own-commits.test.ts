import { expect, it } from 'vitest'
import { OwnCommits } from './own-commits.ts'

/** A kernel that announces its commits. */
function kernel() {
  let generation = 7
  const own = new OwnCommits({ read: () => generation })
  own.watch()
  const commit = (processId: number) => {
    generation += 1
    return { generation, processId, processName: `program ${processId}` }
  }
  return { own, commit }
}

it('a commit that began the next generation was ours, and so are all of its process from then on', async () => {
  const { own, commit } = kernel()
  let first = commit(1)
  expect(own.isOurs(first)).toBe(false)
  await own.around(async () => {
    first = commit(2)
  })
  expect(own.isOurs(first)).toBe(true)
  let alongside = first
  let ours = first
  await own.around(async () => {
    alongside = commit(1)
    ours = commit(2)
  })
  expect(own.isOurs(alongside)).toBe(false)
  expect(own.isOurs(ours)).toBe(true)
  expect(own.count).toBe(2)
})

it('whose a commit is that came while one of ours is under way is not known before that has ended', async () => {
  const { own, commit } = kernel()
  const announced = Promise.withResolvers<void>()
  const acknowledged = Promise.withResolvers<void>()
  let ours = commit(1)
  const done = own.around(async () => {
    ours = commit(2)
    announced.resolve()
    await acknowledged.promise
  })
  await announced.promise
  expect(own.isOurs(ours)).toBeUndefined()
  acknowledged.resolve()
  await done
  expect(own.isOurs(ours)).toBe(true)
})
