import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = new URL('..', import.meta.url)
const compiler = fileURLToPath(new URL('node_modules/.bin/tsc', root))
const HEADER = /^Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/

/** An entry of a completion list, and what an editor shows beside it. */
export interface Completion {
  readonly label: string
  readonly documentation: string
}

/** TypeScript as an editor runs it, over the repository. Language Server Protocol 3.17 */
export class LanguageServer implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<unknown, PromiseWithResolvers<unknown>>()
  #received = Buffer.alloc(0)
  #requests = 0
  #documents = 0

  private constructor() {
    this.#process = spawn(compiler, ['--lsp', '--stdio'])
    this.#process.stdout.on('data', (piece: Buffer) => this.#receive(piece))
    this.#process.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the language server has ended'))
    })
  }

  static async start(): Promise<LanguageServer> {
    const server = new LanguageServer()
    const completion = { completionItem: { documentationFormat: ['plaintext'] } }
    await server.#request('initialize', {
      processId: process.pid,
      rootUri: root.href,
      capabilities: { textDocument: { completion } },
    })
    server.#send({ method: 'initialized', params: {} })
    return server
  }

  /**
   * What an editor offers at `|` in a text that stands beside a file of the repository.
   *
   * @param folder seen from the repository
   */
  async completions(folder: string, marked: string): Promise<readonly Completion[]> {
    const name = `unsaved-${this.#documents++}.ts`
    const uri = new URL(`${folder}/${name}`, pathToFileURL(fileURLToPath(root))).href
    const [before = '', after = ''] = marked.split('|')
    const text = before + after
    this.#send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'typescript', version: 1, text } },
    })
    const lines = before.split('\n')
    const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 }
    const found = await this.#request('textDocument/completion', { textDocument: { uri }, position })
    const items = listOf(member(found, 'items') ?? found)
    return Promise.all(
      items.map(async (item) => {
        const whole = await this.#request('completionItem/resolve', item)
        return {
          label: String(member(item, 'label')),
          documentation: wordsOf(member(whole, 'documentation')),
        }
      }),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill()
    await ended
  }

  #request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#requests
    const answer = Promise.withResolvers<unknown>()
    this.#waiting.set(id, answer)
    this.#send({ id, method, params })
    return answer.promise
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }))
    this.#process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`)
    this.#process.stdin.write(body)
  }

  #receive(piece: Buffer): void {
    this.#received = Buffer.concat([this.#received, piece])
    for (;;) {
      const [header, length] = HEADER.exec(this.#received.toString('latin1')) ?? []
      if (header === undefined) return
      const end = header.length + Number(length)
      if (this.#received.length < end) return
      const message: unknown = JSON.parse(this.#received.subarray(header.length, end).toString())
      this.#received = this.#received.subarray(end)
      this.#take(message)
    }
  }

  #take(message: unknown): void {
    const id = member(message, 'id')
    // The server asks for its settings, and there are none.
    if (member(message, 'method') !== undefined) {
      if (id !== undefined) this.#send({ id, result: null })
      return
    }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    const error = member(message, 'error')
    if (error === undefined) waiting?.resolve(member(message, 'result'))
    else waiting?.reject(new Error(String(member(error, 'message'))))
  }
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return new Map<string, unknown>(Object.entries(value)).get(name)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function wordsOf(documentation: unknown): string {
  return String(member(documentation, 'value') ?? documentation ?? '')
}
