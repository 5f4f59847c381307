/**
 * The Fastify of the daemon with a route that does nothing: it reads the same body and answers as much. Tells its
 * parent its port, and ends with it.
 */

import Fastify from 'fastify'

const answer = {
  address: '10.123.123.123',
  family: 'ipv4',
  since: new Date().toISOString(),
  until: new Date().toISOString(),
  expiresIn: 3600,
  reason: 'too many requests',
  who: 'loopback',
}

const app = Fastify()
app.put('/v1/bans/:address', async () => answer)
const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.(Number(new URL(url).port))
process.on('disconnect', () => process.exit())
