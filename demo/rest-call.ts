/** A request as it is sent to the daemon, and as it is shown. */
export interface RestCall {
  readonly method: 'GET' | 'PUT'
  readonly path: string
  readonly body?: unknown
}

/** The same request for a shell, in lines of curl(1). */
export function curlLines({ method, path, body }: RestCall, socket: string): string[] {
  const url = `http://localhost${path}`
  if (body === undefined) return [`curl --unix-socket ${socket} ${url}`]
  return [
    `curl --unix-socket ${socket} -X ${method} \\`,
    `  -H 'content-type: application/json' -d '${JSON.stringify(body)}' \\`,
    `  ${url}`,
  ]
}

/** JSON in lines of at most so many letters, broken between the members as far as it can be. */
export function jsonLines(value: unknown, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const member of JSON.stringify(value).split(/(?<=,)(?=")/)) {
    if (line !== '' && line.length + member.length > width) {
      lines.push(line)
      line = ' '
    }
    line += member
  }
  return [...lines, line]
}
