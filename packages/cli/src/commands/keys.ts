import type { Key } from '../access/keys.ts'
import { type Argument, accessOptions, type Command, type CommandGroup } from '../command.ts'
import { flag, text } from '../option.ts'
import { wrongUsage } from '../refusal.ts'
import { moment } from '../terminal/moment.ts'
import { type Column, table } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { permissionOptions, permissionsOf } from './key-permissions.ts'
import { totpCommand } from './keys-totp.ts'

export const keysGroup: CommandGroup = {
  name: 'keys',
  about: 'say who may do what at the daemon',
  description: [
    'By HTTPS, and by plain HTTP unless it is trusted, the daemon asks who it is: an API key, a client certificate, or a name and password for clients of rfw. Each is allowed what is said when it is made, and nothing else. The unix socket trusts whom its group lets in.',
  ],
}

const name: Argument = {
  name: 'NAME',
  about: 'what the history and the audit call it: letters, digits and any of . _ @ -',
  required: true,
}

const expiresOption = text({
  name: 'expires',
  placeholder: 'SPAN',
  about: 'how long it is good for, such as 90d',
  otherwise: 'until it is revoked',
})
const certificateOption = text({
  name: 'certificate',
  placeholder: 'SHA256',
  about: 'the fingerprint of a client certificate, which is then what it is known by',
})
const passwordOption = flag({
  name: 'password',
  about: 'a password for Basic, read from the first line of standard input, is what it is known by',
})

const createCommand: Command = {
  name: 'keys create',
  about: 'let somebody do something',
  description: [
    'Makes an API key and prints it, once: the daemon keeps its hash. Programs send it as "authorization: Bearer cm_…"; chainmail itself reads it with --api-key-file.',
    'With --certificate a client certificate is allowed the same, with --password a name and password.',
  ],
  arguments: [name],
  options: [...permissionOptions, expiresOption, certificateOption, passwordOption, ...accessOptions],
  examples: [
    {
      command: 'chainmail keys create f2b --ban --unban --widest 32,64',
      about: 'single addresses, and networks of one customer',
    },
    { command: 'chainmail keys create grafana --read --expires 365d', about: 'a key that looks only' },
    {
      command: 'chainmail keys create deploy --chains filter/app-* --sets ours',
      about: 'some chains and a set',
    },
    {
      command: 'echo password | chainmail keys create web1 --ban --password',
      about: 'for clients of rfw',
    },
  ],
  exits: { done: 'the key is made' },
  run: async (input, session) => {
    const wanted = input.required(name)
    const permissions = await permissionsOf(input, session)
    const { document, value } = await (await session.access()).keys.create({
      name: wanted,
      permissions,
      expires: input.value(expiresOption),
      certificate: input.value(certificateOption),
      password: input.has(passwordOption) ? firstLine(await session.input()) : undefined,
    })
    return {
      document,
      lines: () => (value === undefined ? [printable(`${wanted} is let in.`)] : [value]),
    }
  },
}

const columns: readonly Column<Key>[] = [
  { heading: 'NAME', cell: ({ name }) => name, leaves: 0 },
  { heading: 'KIND', cell: ({ kind, totp }) => (totp ? `${kind}, totp` : kind), leaves: 3 },
  { heading: 'STATE', cell: stateOf, leaves: 2 },
  { heading: 'USED', cell: ({ used }) => (used === undefined ? '' : moment(used)), leaves: 4 },
  { heading: 'MAY', cell: ({ permissions }) => JSON.stringify(permissions), shrinksTo: 20, leaves: 1 },
]

const listCommand: Command = {
  name: 'keys list',
  about: 'list who may do what',
  description: ['Lists every key, those that were revoked too. No key is shown itself.'],
  arguments: [],
  options: accessOptions,
  examples: [{ command: 'chainmail keys list', about: 'all of them' }],
  exits: {},
  run: async (_input, session) => {
    const { document, value } = await (await session.access()).keys.list()
    return {
      document,
      lines: (layout) => (value.length === 0 ? ['There are no keys.'] : table(columns, value, layout)),
    }
  },
}

const revokeCommand: Command = {
  name: 'keys revoke',
  about: 'take a key back',
  description: ['The key is good for nothing from the next request on. What it has done stays.'],
  arguments: [name],
  options: accessOptions,
  examples: [{ command: 'chainmail keys revoke fail2ban', about: 'one key' }],
  exits: { done: 'the key is revoked', refused: 'there is no such key, or it was revoked before' },
  run: async (input, session) => {
    const wanted = input.required(name)
    await (await session.access()).keys.revoke(wanted)
    return {
      document: { name: wanted, revoked: true },
      lines: () => [printable(`${wanted} is revoked.`)],
    }
  },
}

export const keysCommands: readonly Command[] = [createCommand, listCommand, revokeCommand, totpCommand]

function stateOf({ expires, revoked }: Key): string {
  if (revoked !== undefined) return 'revoked'
  if (expires === undefined) return 'good'
  return expires.getTime() <= Date.now() ? 'expired' : `until ${moment(expires)}`
}

function firstLine(bytes: Uint8Array): string {
  const [line = ''] = new TextDecoder().decode(bytes).split(/\r?\n/)
  if (line === '') throw wrongUsage('--password reads the password from standard input, which is empty.')
  return line
}
