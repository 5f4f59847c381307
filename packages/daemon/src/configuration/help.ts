import { type AnySetting, allSettings, fileSettings, variableOf } from './settings.ts'

/** The help of the daemon's program. */
export function configurationHelp(): string {
  const files = Object.values(fileSettings).map(
    ({ flag, placeholder, about }) => `  --${flag} ${placeholder}\n      ${about}; or ${variableOf(flag)}`,
  )
  return [
    'The chainmail daemon: REST for the firewall of this network namespace, on loopback and on a unix socket.',
    '',
    'Options, each with its default, and the environment variable and the key of the configuration file that also set it:',
    ...files,
    ...allSettings.map(described),
    '  --help, --version',
    '',
    'SIGHUP has the file and the lists that it names read anew; what takes a restart is logged.',
    '',
  ].join('\n')
}

function described({ flag, key, kind, about, otherwise, ...setting }: AnySetting): string {
  const value = otherwise ?? kind.toToml(setting.default).replaceAll('"', '')
  const sentence = about.charAt(0).toLowerCase() + about.slice(1)
  return `  --${flag} ${kind.placeholder}\n      ${sentence} (${value}); or ${variableOf(flag)}, or ${key} in the file`
}
