import { type AnySetting, allSettings, sections, variableOf } from './settings.ts'

const WIDTH = 100

/**
 * A file that holds every setting with its default, commented out, and says what each is. Taking the mark away from
 * every setting leaves a valid file.
 */
export function sampleFile(): string {
  const parts = Object.entries(sections).map(([name, title]) => {
    const own = allSettings.filter(({ key }) => key.startsWith(`${name}.`))
    return [`# ${title}.`, `[${name}]`, '', ...own.flatMap((setting) => [...explained(setting), ''])].join(
      '\n',
    )
  })
  return [
    [
      ...comment(
        'The settings of the chainmail daemon, in TOML (https://toml.io). Each is shown with its default: take the # away to change it. Flags of the daemon win over variables of the environment, and these over this file.',
      ),
      '#',
      ...comment(
        '"chainmail config check" tells what is wrong with this file, and where. SIGHUP (systemctl reload chainmail) has the daemon read it anew.',
      ),
      '',
    ].join('\n'),
    ...parts,
  ].join('\n')
}

function explained(setting: AnySetting): string[] {
  const { key, kind, about, flag, reloads, otherwise, example } = setting
  const shown = setting.default ?? example
  const value = shown === undefined ? '""' : kind.toToml(shown)
  const unset = otherwise === undefined ? '' : ` Without it: ${otherwise}.`
  return [
    ...comment(
      `${about}. It is ${kind.wanted.replace(/:.*| nor 0$/, (rest) => (rest === ' nor 0' ? ' or 0' : ''))}.${unset}`,
    ),
    `# --${flag}, ${variableOf(flag)}; ${reloads ? 'a new value holds after SIGHUP' : 'a new value takes a restart'}.`,
    `#${key.slice(key.indexOf('.') + 1)} = ${value}`,
  ]
}

/** Lines of a comment, broken between words. */
function comment(text: string): string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line !== '#' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
