import { expect, it } from 'vitest'
import { listPage } from './list-page.ts'
import { testServer } from './test-server.ts'

it('has what stays on exactly one page, whatever comes and goes between them', async () => {
  const stays = Array.from({ length: 100 }, (_, index) => `stays-${String(index).padStart(3, '0')}`)
  const seen: string[] = []
  let cursor: string | undefined
  for (let page = 0; ; page++) {
    const others = [`a-${page}`, `stays-050-${page}`, `z-${page}`]
    const list = [...stays, ...others].toSorted(() => (page % 2 === 0 ? 1 : -1))
    const { items, next } = await listPage(list, (name) => name, { cursor, limit: '7' })
    seen.push(...items)
    if (next === undefined) break
    expect(items).toHaveLength(7)
    cursor = next
  }
  expect(seen.filter((name) => stays.includes(name))).toEqual(stays)
})

it('is refused where the cursor is that of no page', async () => {
  await using server = await testServer()
  for (const path of ['/v1/bans', '/v1/allowlist', '/v1/tables/filter/chains/INPUT'])
    for (const cursor of ['x', '', 'zzzz', Buffer.from('192.0.2.1').toString('base64url')]) {
      const answer = await server.app.inject(`${path}?cursor=${cursor}`)
      expect([cursor, answer.statusCode, answer.json().path]).toEqual([cursor, 400, 'cursor'])
    }
})
