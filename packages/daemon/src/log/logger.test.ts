import { expect, it } from 'vitest'
import { openLog } from './logger.ts'

function logged(work: (log: ReturnType<typeof openLog>) => void): string[] {
  const lines: string[] = []
  work(openLog('info', { write: (line) => void lines.push(line) }))
  return lines
}

it('hides what must not be read, however deep it stands', () => {
  const lines = logged((log) => {
    const headers = { Authorization: 'Basic s3cret', host: 'localhost' }
    log.info({ authorization: 'Bearer s3cret', headers }, 'one')
    log.warn({ request: { headers: { ...headers, cookie: 's3cret' } }, token: 's3cret' }, 'two')
    log.error({ err: Object.assign(new Error('three'), { request: { headers } }) }, 'three')
    expect(headers.Authorization).toBe('Basic s3cret')
  })
  expect(lines).toHaveLength(3)
  expect(lines.join('')).not.toContain('s3cret')
  expect(lines[0]).toContain('"host":"localhost"')
  expect(lines[2]).toMatch(/"stack":"Error: three\\n/)
})

it('shows everything else as it is', () => {
  const [line = ''] = logged((log) => log.info({ request: 'a', list: [1, { b: 2 }], none: null }, 'well'))
  expect(JSON.parse(line)).toMatchObject({ request: 'a', list: [1, { b: 2 }], none: null, msg: 'well' })
})
