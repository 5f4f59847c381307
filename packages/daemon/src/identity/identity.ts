import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { doorOf } from '../doors/http-server.ts'
import { DaemonError } from '../errors.ts'
import { plainAddress } from '../v1/asker.ts'
import { allows, allowsSome, type Lack } from './allows.ts'
import { type Authenticator, type Identity, Rejection, type SecondFactor } from './authenticator.ts'
import { authorizationOf } from './authorization.ts'
import { BanPace } from './ban-pace.ts'
import { type Caller, callerOf, doorCaller, rememberCaller, unknownCaller } from './caller.ts'
import type { DoorIdentity } from './door-identity.ts'
import type { LoginPace } from './login-pace.ts'
import type { Need } from './needs.ts'
import type { RouteNeeds } from './route-needs.ts'
import { TooMany } from './too-many.ts'

export interface IdentitySources {
  /** Looked at for each request. HTTPS always asks. */
  readonly doors: { readonly socket: DoorIdentity; readonly loopback: DoorIdentity }
  /** Asked in their order. */
  readonly authenticators: readonly Authenticator[]
  readonly secondFactor?: SecondFactor | undefined
  readonly pace: LoginPace
  readonly log: Pick<Logger, 'warn'>
}

/** What is said of who asks, where that is not known or wrong: the same whatever was wrong. */
const WRONG = 'The credential is not right: it is unknown, was revoked or has expired.'

const WRONG_FACTOR =
  'The one-time password is wrong, or was used before: wait for the next one, and see that the clocks are right.'

/**
 * Finds out who sends a request, once, and checks what its route needs of the caller: the only place where either is
 * done. A route that does not declare its needs keeps the daemon from starting.
 *
 * Who shows a credential is held to it, at a door that trusts everybody too.
 */
export function addIdentity(app: FastifyInstance, sources: IdentitySources): void {
  const { doors, authenticators, secondFactor, pace, log } = sources
  const bans = new BanPace()
  const trusted = {
    socket: { caller: doorCaller('socket'), demand: undefined },
    loopback: { caller: doorCaller('loopback'), demand: undefined },
  }
  const challenges = authenticators.flatMap(({ challenge }) => challenge ?? [])
  refuseUndeclared(app)

  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    const door = doorOf(raw)
    if (door !== 'https' && doors[door] === 'trusted' && raw.headers.authorization === undefined) {
      rememberCaller(raw, trusted[door])
      done()
      return
    }
    identify(request, reply).then(() => done(), done)
  })

  app.addHook('preHandler', (request, reply, done) => {
    const caller = callerOf(request.raw)
    if (caller?.permissions.everything === true && caller.secondFactor !== 'absent') {
      done()
      return
    }
    checkExactly(request, reply, caller).then(() => done(), done)
  })

  async function identify(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { raw } = request
    const address = plainAddress(raw.socket.remoteAddress)
    const needs = needsOf(request)
    if (needs.kind === 'nothing') {
      const caller = unknownCaller(address)
      rememberCaller(raw, { caller, demand: (need) => demand(caller, need) })
      return
    }
    const caller = await known(raw, reply, address)
    const isFree = caller.permissions.everything === true && caller.secondFactor !== 'absent'
    rememberCaller(raw, { caller, demand: isFree ? undefined : (need) => demand(caller, need) })
    refuseLack('of' in needs ? allows(caller, needs) : allowsSome(caller, needs.kind), reply)
  }

  async function known(
    raw: IncomingMessage,
    reply: FastifyReply,
    address: string | undefined,
  ): Promise<Caller> {
    const authorization = authorizationOf(raw)
    // A one-time password is guessed at beside a certificate too.
    if (authorization !== undefined || secondFactor !== undefined) await pace.turn(address)
    const identity = authorization instanceof Rejection ? authorization : await ask(raw, authorization)
    if (identity === undefined) return unknownCaller(address)
    const factor =
      identity instanceof Rejection ? identity : ((await secondFactor?.check(identity, raw)) ?? 'unused')
    if (identity instanceof Rejection || factor instanceof Rejection) {
      const reason = factor instanceof Rejection ? factor.reason : 'unknown'
      log.warn({ address, door: doorOf(raw), reason }, 'a login has failed')
      pace.failed(address)
      if (identity instanceof Rejection) throw challenged(reply, new DaemonError('not-authenticated', WRONG))
      throw new DaemonError('second-factor-wrong', WRONG_FACTOR)
    }
    // Who leaves the second factor out has not shown that the guesses at it were his own slips.
    if (factor !== 'absent') pace.succeeded(address)
    return { ...identity, address, secondFactor: factor }
  }

  async function ask(
    request: IncomingMessage,
    authorization: Exclude<ReturnType<typeof authorizationOf>, Rejection>,
  ): Promise<Identity | Rejection | undefined> {
    for (const authenticator of authenticators) {
      const verdict = await authenticator.authenticate({ authorization, request })
      if (verdict !== undefined) return verdict
    }
    return authorization === undefined ? undefined : new Rejection('nobody knows this kind of credential')
  }

  async function checkExactly(
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller | undefined,
  ): Promise<void> {
    const needs = needsOf(request)
    if (caller === undefined) throw new Error('a request has come to its route without a caller')
    const exact: readonly Need[] = 'exactly' in needs ? await needs.exactly(request) : []
    for (const need of exact) refuseLack(allows(caller, need), reply)
    for (const need of exact) takeTurn(caller, need)
  }

  /** What {@link checkedLines} asks for each line. */
  function demand(caller: Caller, need: Need): void {
    const answer = allows(caller, need)
    if (answer !== true) throw new DaemonError(answer.code, answer.detail)
    takeTurn(caller, need)
  }

  /** @throws TooMany */
  function takeTurn({ name, permissions }: Caller, need: Need): void {
    const perMinute = permissions.everything === true ? undefined : permissions.ban?.perMinute
    const isBan = need.kind === 'ban' || (need.kind === 'entry' && need.does === 'add')
    if (perMinute === undefined || !isBan) return
    const seconds = bans.take(name, perMinute)
    if (seconds === undefined) return
    throw new TooMany('too-many-bans', `${name} may make ${perMinute} bans in a minute, and has.`, seconds)
  }

  function refuseLack(answer: true | Lack, reply: FastifyReply): void {
    if (answer === true) return
    const error = new DaemonError(answer.code, answer.detail)
    throw answer.code === 'not-authenticated' ? challenged(reply, error) : error
  }

  function challenged(reply: FastifyReply, error: DaemonError): DaemonError {
    reply.header('www-authenticate', challenges)
    return error
  }
}

/** The needs of the route; of a path that nobody has, that it is known who asks. */
function needsOf(request: FastifyRequest): RouteNeeds {
  return request.routeOptions.config.needs ?? { kind: 'anyone' }
}

/** @throws Error when a route has none, before anything listens */
function refuseUndeclared(app: FastifyInstance): void {
  const routes: {
    readonly url: string
    readonly method: string | string[]
    readonly config?: { readonly needs?: RouteNeeds }
  }[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  app.addHook('onReady', (done) => {
    const bare = routes.find(({ config }) => config?.needs === undefined)
    if (bare === undefined) done()
    else
      done(
        new Error(`The route ${[bare.method].flat().join(', ')} ${bare.url} does not declare what it needs.`),
      )
  })
}
