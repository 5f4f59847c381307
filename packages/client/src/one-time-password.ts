import type { Fetch } from './fetch.ts'

/** Where one-time passwords come from, for daemons that ask the caller for a second factor. */
export interface OneTimePasswords {
  /** One that is there already, for the first request that needs it. */
  readonly given?: string | undefined
  /** Asks whoever sits there; undefined where nobody does. */
  readonly ask?: (() => Promise<string | undefined>) | undefined
}

const HEADER = 'chainmail-otp'

/**
 * A fetch that sends a request again with a one-time password where the daemon asks for one. A body that is a stream
 * cannot be sent again: such a request has the password that is given with it from the beginning.
 */
export function passwordFetch(fetch: Fetch, { given, ask }: OneTimePasswords): Fetch {
  let left = given
  const take = (): string | undefined => {
    const taken = left
    left = undefined
    return taken
  }
  return async (url, init) => {
    const isStream = typeof init.body === 'object'
    const first = isStream ? take() : undefined
    const response = await fetch(url, first === undefined ? init : withPassword(init, first))
    if (response.status !== 403 || isStream) return response
    const text = await response.text()
    const password = isAsking(text) ? (take() ?? (await ask?.())) : undefined
    if (password !== undefined) return fetch(url, withPassword(init, password))
    return new Response(text, { status: response.status, headers: response.headers })
  }
}

function withPassword<Init extends { readonly headers: Record<string, string> }>(
  init: Init,
  password: string,
): Init {
  return { ...init, headers: { ...init.headers, [HEADER]: password } }
}

function isAsking(text: string): boolean {
  try {
    const problem: unknown = JSON.parse(text)
    return (
      typeof problem === 'object' &&
      problem !== null &&
      'code' in problem &&
      problem.code === 'second-factor-required'
    )
  } catch {
    return false
  }
}
