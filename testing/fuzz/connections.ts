import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Exchange, FuzzAnswer, FuzzRequest } from './request.ts'

export interface DaemonPlace {
  readonly socket: string
  readonly port: number
  /** PEM. */
  readonly authority: string
  /** Of each caller. */
  readonly keys: ReadonlyMap<string, string>
}

/** Milliseconds that an answer may take, on a machine that is busy with other things too. */
const LONGEST_WAIT = { socket: 120_000, https: 20_000 }
/** Milliseconds that a stream is listened to which does not end by itself. */
const STREAM_WAIT = 40
/** Characters of an answer that are read. */
const MOST_READ = 4_000_000

/** Sends requests to a daemon by both of its doors, over connections that are kept. */
export class Connections implements Disposable {
  readonly #place: DaemonPlace
  readonly #byDoor: { readonly socket: HttpAgent; readonly https: HttpsAgent }

  constructor(place: DaemonPlace) {
    this.#place = place
    this.#byDoor = {
      socket: new HttpAgent({ keepAlive: true, maxSockets: 6 }),
      https: new HttpsAgent({ keepAlive: true, maxSockets: 5, ca: place.authority }),
    }
  }

  [Symbol.dispose](): void {
    this.#byDoor.socket.destroy()
    this.#byDoor.https.destroy()
  }

  async send(request: FuzzRequest): Promise<Exchange> {
    try {
      return {
        request,
        answer: await (request.raw === undefined ? this.#send(request) : this.#sendRaw(request, request.raw)),
      }
    } catch (error) {
      return { request, answer: undefined, why: error instanceof Error ? error.message : String(error) }
    }
  }

  #send({ door, caller, method, path, headers, body }: FuzzRequest): Promise<FuzzAnswer> {
    const key = caller === undefined ? undefined : this.#place.keys.get(caller)
    const options = {
      method,
      path,
      headers: {
        ...(body === undefined ? {} : { 'content-length': body.length }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      timeout: LONGEST_WAIT[door],
    }
    return new Promise((resolve, reject) => {
      const sent =
        door === 'socket'
          ? httpRequest({ ...options, socketPath: this.#place.socket, agent: this.#byDoor.socket })
          : httpsRequest({
              ...options,
              host: '127.0.0.1',
              servername: 'localhost',
              port: this.#place.port,
              agent: this.#byDoor.https,
            })
      sent.once('response', (response) => void read(response).then(resolve, reject))
      sent.once('upgrade', () => reject(new Error('the connection was upgraded')))
      sent.once('timeout', () => sent.destroy(new Error(`no answer within ${LONGEST_WAIT[door] / 1_000} s`)))
      sent.on('error', reject)
      sent.end(body)
    })
  }

  /** Over a connection of its own, which need not be kept. */
  #sendRaw({ door }: FuzzRequest, raw: Uint8Array): Promise<FuzzAnswer> {
    const { socket: path, port, authority } = this.#place
    const connection: Socket =
      door === 'socket'
        ? connect(path)
        : connectTls({ host: '127.0.0.1', port, ca: authority, servername: 'localhost' })
    return new Promise((resolve, reject) => {
      let text = ''
      const end = (): void => {
        clearTimeout(timer)
        connection.destroy()
        const [, status = '0'] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? []
        resolve({ status: Number(status), headers: {}, body: text, isWhole: false })
      }
      const timer = setTimeout(end, STREAM_WAIT * 10)
      connection.setEncoding('latin1')
      connection.on('data', (piece) => {
        text += String(piece)
        if (text.includes('\r\n\r\n')) end()
      })
      connection.on('end', end)
      connection.on('error', (error) => (text === '' && !isCut(error) ? reject(error) : end()))
      connection.write(raw)
    })
  }
}

/** Closing is an answer to what is no HTTP. */
function isCut(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}

function read(response: IncomingMessage): Promise<FuzzAnswer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    const end = (isWhole: boolean): void => {
      clearTimeout(timer)
      const { statusCode: status = 0, headers } = response
      resolve({ status, headers, body: Buffer.concat(pieces).toString(), isWhole })
    }
    const isEndless = response.headers['content-type']?.startsWith('text/event-stream') === true
    const cut = (): void => {
      end(false)
      response.destroy()
    }
    const timer = setTimeout(
      () => (isEndless ? cut() : response.destroy(new Error('the answer did not end'))),
      isEndless ? STREAM_WAIT : LONGEST_WAIT.socket,
    )
    response.on('data', (piece: Buffer) => {
      pieces.push(piece)
      size += piece.length
      if (size > MOST_READ) cut()
    })
    response.on('end', () => end(true))
    response.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}
