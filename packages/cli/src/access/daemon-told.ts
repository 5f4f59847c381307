import { DaemonError, ProblemError } from '@chainmail/daemon/client'
import { Refusal, refusal } from '../refusal.ts'

const START =
  'Start the service with sudo systemctl start chainmail, or in a checkout npm start; name its socket with --socket PATH, or ask the kernel without one: --direct'
const SOCKET_OWNER =
  'It belongs to the user who runs the daemon and to his group: run this command as that user, or with sudo.'

const CREDENTIAL =
  'An API key stands in the file of --api-key-file or in CHAINMAIL_API_KEY, a client certificate in that of --cert.'
const PASSWORD = 'An authenticator application shows it: --otp CODE.'
const AUTHORITY =
  'On its host, sudo chainmail cert ca prints the certificate for --cacert FILE, and chainmail cert show the fingerprint for --fingerprint.'

const problemAdvice: Readonly<Record<string, string>> = {
  'not-authenticated': CREDENTIAL,
  'second-factor-required': PASSWORD,
}

/** Failures of the daemon's client in the command's words. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw inWords(error)
  }
}

/** As {@link told}, of what is handed out one by one. */
export async function* toldEach<T>(items: () => AsyncIterable<T>): AsyncGenerator<T, void> {
  try {
    yield* items()
  } catch (error) {
    throw inWords(error)
  }
}

function inWords(error: unknown): unknown {
  if (error instanceof ProblemError) return new Refusal({ ...error.problem }, problemAdvice[error.code])
  if (!(error instanceof DaemonError)) return error
  const advice = {
    'no-daemon': START,
    'socket-not-permitted': SOCKET_OWNER,
    'daemon-not-trusted': AUTHORITY,
  }
  const { code, message } = error
  return refusal(
    code,
    code.replaceAll('-', ' '),
    message,
    Object.entries(advice).find(([key]) => key === code)?.[1],
  )
}
