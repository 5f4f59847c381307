import { X509Certificate } from 'node:crypto'
import type { Answer, Command, CommandGroup } from '../command.ts'
import { refusal } from '../refusal.ts'
import { plural } from '../terminal/quantity.ts'
import { printable } from '../terminal/text.ts'
import { issueCommand } from './cert-issue.ts'
import { type Certificates, daemonOptions, withCertificates } from './certificates.ts'

export const certGroup: CommandGroup = {
  name: 'cert',
  about: "look at, renew and issue the certificates of the daemon's HTTPS door",
  description: [
    'At its first start the daemon makes a certificate authority of its own and a certificate for this host. They stand in the folder of its state, for it alone: these commands work on the files there, as the user who runs the daemon or as root, and a daemon that runs takes over what changes without a restart.',
    'Clients trust the authority (--cacert FILE, curl --cacert FILE) or its fingerprint. Both stay when the certificate is renewed.',
  ],
}

const exits = {
  refused: 'the files cannot be read or written, or hold no certificate',
} as const

const showCommand: Command = {
  name: 'cert show',
  about: 'show the fingerprints, names and ends of the certificates',
  description: [
    "Shows the daemon's certificate, and its authority's if it has made them itself: what a client should see, and until when it holds.",
  ],
  arguments: [],
  options: daemonOptions,
  examples: [
    { command: 'sudo chainmail cert show', about: 'to compare fingerprints' },
    { command: 'chainmail cert show --json | jq .server.daysLeft', about: 'for a monitor' },
  ],
  exits,
  run: (input) => withCertificates(input, show),
}

function show({ library, folder, https }: Certificates): Answer {
  const configured = https?.certificate
  if (configured === undefined && !folder.exists())
    throw refusal(
      'certificate-unusable',
      'There is no certificate',
      `There are no certificates in ${folder.path} yet: the daemon makes them at its first start, and chainmail cert renew does too.`,
    )
  const factsIn = (pem: string) => library.factsOf(new X509Certificate(pem))
  const server =
    configured === undefined
      ? folder.server(library.hostNamesOf(https?.names ?? []))
      : library.readKeyed(configured, https?.key)
  const found = {
    server: { file: configured ?? folder.path, ...factsIn(server.certificate) },
    ...(configured === undefined
      ? { authority: { file: folder.authorityPath, ...factsIn(folder.authority().certificate) } }
      : {}),
  }
  return {
    document: found,
    lines: ({ style }) =>
      Object.entries(found).flatMap(([what, { fingerprint, names, to, daysLeft, file }]) => [
        style.bold(what),
        `  SHA-256  ${fingerprint}`,
        ...(names.length === 0 ? [] : [printable(`  names    ${names.join(', ')}`)]),
        `  until    ${to.slice(0, 10)}, ${daysLeft < 0 ? style.bad('over') : `${plural(daysLeft, 'day')} left`}`,
        printable(`  in       ${file}`),
      ]),
  }
}

const renewCommand: Command = {
  name: 'cert renew',
  about: 'make a new certificate and key for the daemon',
  description: [
    'Makes a new key and a certificate with the names and addresses that this host has now, and those of https.names. The daemon does this by itself when the old one is about to end and when the host gets another name or address; this is for a key that somebody else may have seen. Open connections stay, and clients that trust the authority notice nothing.',
    'To begin anew with another authority, remove the folder of the certificates and restart the daemon: then no client certificate holds any more, and every client needs the new authority.',
  ],
  arguments: [],
  options: daemonOptions,
  examples: [{ command: 'sudo chainmail cert renew', about: 'the daemon takes it over at once' }],
  exits,
  run: (input) =>
    withCertificates(input, ({ library, folder, https }) => {
      if (https?.certificate !== undefined)
        throw refusal(
          'certificate-unusable',
          'Not a certificate of our own',
          `The configuration names the certificate ${https.certificate}, which somebody else has made: renew it there.`,
        )
      const { certificate } = folder.renewServer(library.hostNamesOf(https?.names ?? []))
      const facts = library.factsOf(new X509Certificate(certificate))
      return {
        document: { server: facts },
        lines: () => [
          printable(
            `The certificate is renewed until ${facts.to.slice(0, 10)}, for ${facts.names.join(', ')}.`,
          ),
          `SHA-256 ${facts.fingerprint}`,
        ],
      }
    }),
}

const caCommand: Command = {
  name: 'cert ca',
  about: "print the certificate of the daemon's authority, for clients",
  description: [
    'Prints in PEM what clients need to trust the daemon, without the key. Whoever has it can check who the daemon is, and nothing else.',
  ],
  arguments: [],
  options: daemonOptions,
  examples: [
    { command: 'sudo chainmail cert ca | tee chainmail-ca.pem', about: 'for --cacert and curl --cacert' },
  ],
  exits,
  run: (input) =>
    withCertificates(input, ({ library, folder }) => {
      const { certificate } = folder.authority()
      const facts = library.factsOf(new X509Certificate(certificate))
      return {
        document: { certificate, ...facts },
        text: () => [certificate],
        lines: () => certificate.trimEnd().split('\n'),
      }
    }),
}

export const certCommands: readonly Command[] = [showCommand, renewCommand, issueCommand, caCommand]
