import { asRefusal, Refusal } from '../refusal.ts'

const NOT_PERMITTED =
  'With --direct the command has to run as root, for instance with sudo. A daemon needs no root of its callers.'

/** Failures of the library in the command's words. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw inWords(error)
  }
}

/** As {@link told}, of what is handed out one by one. */
export async function* toldEach<T>(items: () => AsyncIterable<T> | Iterable<T>): AsyncGenerator<T, void> {
  try {
    yield* items()
  } catch (error) {
    throw inWords(error)
  }
}

function inWords(error: unknown): unknown {
  const told = asRefusal(error)
  if (told === undefined) return error
  if (told.code === 'not-permitted') return new Refusal(told.problem, NOT_PERMITTED)
  // What broke off in the middle is told by the command's own refusal, with how far it came.
  const cause = error instanceof Error ? error.cause : undefined
  if (!(cause instanceof Refusal) || error === cause) return told
  return new Refusal({ ...cause.problem, detail: told.message }, cause.advice, cause.ends)
}
