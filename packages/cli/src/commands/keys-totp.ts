import { type Argument, accessOptions, type Command } from '../command.ts'
import { flag } from '../option.ts'
import { printable } from '../terminal/text.ts'

const name: Argument = {
  name: 'NAME',
  about: 'the name of a key, or oidc: and the name of the bearer of tokens',
  required: true,
}

const removeOption = flag({ name: 'remove', about: 'take the passwords away, and ask for none any more' })

export const totpCommand: Command = {
  name: 'keys totp',
  about: 'ask somebody for one-time passwords',
  description: [
    'Prints, once, the otpauth:// URI that an authenticator application reads, and asks for its passwords from then on: whatever changes more than bans takes one, by --otp or when the command asks for it. What the application had before is good for nothing.',
    'Most applications read the URI as a QR code, which qrencode draws in the terminal.',
  ],
  arguments: [name],
  options: [removeOption, ...accessOptions],
  examples: [
    { command: 'chainmail keys totp alice', about: 'from now on alice needs an application' },
    { command: 'chainmail keys totp alice | qrencode -t ansiutf8', about: 'the same, to be photographed' },
    { command: 'chainmail keys totp alice --remove', about: 'the telephone is lost' },
  ],
  exits: {
    done: 'passwords are asked for, or none any more',
    refused: 'there is no such key, or nothing to remove',
  },
  run: async (input, session) => {
    const wanted = input.required(name)
    const { keys } = await session.access()
    if (input.has(removeOption)) {
      await keys.removeTotp(wanted)
      return {
        document: { name: wanted, totp: false },
        lines: () => [printable(`${wanted} is asked for no one-time passwords.`)],
      }
    }
    const { document, value } = await keys.enrolTotp(wanted)
    return { document, lines: () => [printable(value)] }
  },
}
