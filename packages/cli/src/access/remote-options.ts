import { text } from '../option.ts'

/** How a daemon is reached through the network; each has a variable of the environment that says the same. */

export const urlOption = text({
  name: 'url',
  placeholder: 'URL',
  about: 'a daemon that is reached by HTTPS, such as https://fw.example.org:7393, instead of the socket',
  otherwise: '$CHAINMAIL_URL, if there is one',
})
export const caOption = text({
  name: 'cacert',
  placeholder: 'FILE',
  completes: 'file',
  about: "the certificate of the daemon's authority, as chainmail cert ca prints it",
  otherwise: '$CHAINMAIL_CACERT, or the authorities of Node',
})
export const fingerprintOption = text({
  name: 'fingerprint',
  placeholder: 'SHA256',
  about: "the fingerprint of the daemon's certificate or of its authority's, instead of --cacert",
  otherwise: '$CHAINMAIL_FINGERPRINT, if there is one',
})
export const certificateOption = text({
  name: 'cert',
  placeholder: 'FILE',
  completes: 'file',
  about: 'a client certificate in PEM',
  otherwise: '$CHAINMAIL_CERT, if there is one',
})
export const keyOption = text({
  name: 'key',
  placeholder: 'FILE',
  completes: 'file',
  about: 'the private key of --cert in PEM',
  otherwise: '$CHAINMAIL_KEY, or it stands in the file of --cert',
})
export const apiKeyOption = text({
  name: 'api-key-file',
  placeholder: 'FILE',
  completes: 'file',
  about: 'a file with an API key, or a token of the issuer that the daemon trusts, and nothing else',
  otherwise: '$CHAINMAIL_API_KEY_FILE, or the key itself in $CHAINMAIL_API_KEY',
})

export const otpOption = text({
  name: 'otp',
  placeholder: 'CODE',
  about: 'a one-time password of your authenticator application',
  otherwise: 'the terminal is asked, if the daemon wants one',
})

/** What only means something together with a URL. */
export const identityOptions = [
  caOption,
  fingerprintOption,
  certificateOption,
  keyOption,
  apiKeyOption,
  otpOption,
] as const

export const remoteOptions = [urlOption, ...identityOptions] as const
