/** A request whose body arrives. */
export interface ArrivingRequest {
  /** Whether all of it is there. */
  readonly complete: boolean
  /** Its body arrives as it comes. */
  readonly isStream: boolean
}

/**
 * Tells of requests whose body does not arrive in time: Node has one limit for all of them, and streams need a longer one
 * than the others. One timer serves them all, since setting and clearing one for each takes longer than the rest.
 */
export class BodyTimes<Request extends ArrivingRequest> {
  readonly #time: number
  readonly #onLate: (request: Request) => void
  /** When each has begun, in that order. */
  readonly #arriving = new Map<Request, number>()
  #isTimed = false

  /** @param time milliseconds that a body has */
  constructor(time: number, onLate: (request: Request) => void) {
    this.#time = time
    this.#onLate = onLate
  }

  begin(request: Request): void {
    this.#arriving.set(request, performance.now())
    if (!this.#isTimed) this.#lookIn(this.#time)
  }

  /** It is answered, or its connection is gone. */
  end(request: Request): void {
    this.#arriving.delete(request)
  }

  #lookIn(time: number): void {
    this.#isTimed = true
    setTimeout(() => this.#look(), Math.ceil(time)).unref()
  }

  #look(): void {
    this.#isTimed = false
    const now = performance.now()
    for (const [request, since] of this.#arriving) {
      const left = since + this.#time - now
      if (left > 0) {
        this.#lookIn(left)
        return
      }
      this.#arriving.delete(request)
      if (!request.complete && !request.isStream) this.#onLate(request)
    }
  }
}
