import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Argument, Command } from '../command.ts'
import { text } from '../option.ts'
import { asRefusal, quoted, refusal, wrongUsage } from '../refusal.ts'
import { printable } from '../terminal/text.ts'
import { daemonOptions, withCertificates } from './certificates.ts'

const name: Argument = {
  name: 'NAME',
  about: 'by which the client is known: letters, digits and any of . _ @ -',
  required: true,
}

const forOption = text({
  name: 'for',
  placeholder: 'DURATION',
  about: 'how long the certificate holds: whole days, such as 30d or 52w',
  otherwise: '365d',
})

const outOption = text({
  name: 'out',
  placeholder: 'FOLDER',
  completes: 'file',
  about: 'where NAME.pem and NAME.key are put, for this user alone to read',
  otherwise: 'the folder that the command is called in',
})

const DAY = 86_400

export const issueCommand: Command = {
  name: 'cert issue',
  about: 'make a key and a certificate for a client',
  description: [
    "Makes NAME.pem, a certificate that the daemon's authority has signed, and NAME.key, its private key; no file that is there is overwritten, and the daemon keeps neither. What the client may do is for the daemon to know: the certificate says who it is.",
    'A browser takes both in one file: openssl pkcs12 -export -in NAME.pem -inkey NAME.key -out NAME.p12',
  ],
  arguments: [name],
  options: [forOption, outOption, ...daemonOptions],
  examples: [
    { command: 'sudo chainmail cert issue alice', about: 'for a year' },
    {
      command: 'sudo chainmail cert issue backup --for 30d --out /etc/backup',
      about: 'for a month, elsewhere',
    },
  ],
  exits: { refused: 'a file is there already, or cannot be written' },
  run: async (input) => {
    const wanted = input.required(name)
    const days = (await readSpan(input.value(forOption) ?? '365d')) / DAY
    return await withCertificates(input, ({ library, folder }) => {
      if (!/^[\w@-][\w.@-]*$/.test(wanted) || wanted.length > library.LONGEST_COMMON_NAME)
        throw wrongUsage(
          `${quoted(wanted)} is no name for a client: 1 to ${library.LONGEST_COMMON_NAME} letters, digits and any of . _ @ -, and no dot first.`,
        )
      const out = resolve(input.value(outOption) ?? '.')
      const files = { certificate: join(out, `${wanted}.pem`), key: join(out, `${wanted}.key`) }
      const issued = folder.issueClient(wanted, days)
      write(files.key, issued.key)
      write(files.certificate, issued.certificate)
      const facts = library.factsOf(new X509Certificate(issued.certificate))
      return {
        document: { files, ...facts },
        lines: () => [
          printable(
            `${files.certificate} and ${files.key} are for ${wanted}, until ${facts.to.slice(0, 10)}.`,
          ),
          `SHA-256 ${facts.fingerprint}`,
        ],
      }
    })
  },
}

/** Seconds. */
async function readSpan(span: string): Promise<number> {
  try {
    const { parseDuration } = await import('chainmail')
    return parseDuration(span)
  } catch (error) {
    throw asRefusal(error) ?? error
  }
}

/** @throws Refusal `file-unwritable` */
function write(path: string, content: string): void {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw refusal('file-unwritable', 'The file cannot be written', `${path}: ${words}`)
  }
}
