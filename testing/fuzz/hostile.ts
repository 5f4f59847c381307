import type { Chance } from './chance.ts'

/** What would become another option, line, table or command where a text is not kept together. */
const texts: readonly string[] = [
  '" -j ACCEPT',
  "' -j ACCEPT '",
  '-j ACCEPT',
  '--jump ACCEPT',
  '-j',
  '-A INPUT -j ACCEPT',
  'x\nCOMMIT\n*filter\n-A INPUT -j ACCEPT',
  'x\r\n-A INPUT -j ACCEPT\r\n',
  'x\u0000-j ACCEPT',
  '\\" -j ACCEPT \\"',
  '\\',
  '"',
  "'",
  '" comment "',
  'x" timeout 1 comment "y',
  'x\nadd fuzz-a 192.0.2.1',
  '$(reboot)',
  '`reboot`',
  '; reboot',
  '| reboot',
  '../../../../etc/passwd',
  '%s%n%x',
  '%00',
  '!',
  '#',
  'COMMIT',
  '*nat',
  ':INPUT DROP [0:0]',
  ' ',
  '',
  '\t',
  '\u2028-j ACCEPT',
  '\u202etpecca',
  '\ud800',
  'é😀"\\ -j',
  'a'.repeat(31),
  'a'.repeat(256),
  '__proto__',
  'constructor',
  'null',
  '-1',
  '0x10',
  '１２３',
  '0.0.0.0/0',
  '::/0',
  '<script>',
  '{"$ref":"#"}',
]

export function hostileText(chance: Chance): string {
  const text = chance.one(texts)
  if (chance.comes(0.7)) return text
  return chance.comes(0.5) ? `${text}${chance.one(texts)}` : `${chance.word(3)}${text}${chance.word(3)}`
}

/** Of no type that is asked for. */
export function hostileValue(chance: Chance): unknown {
  switch (chance.below(9)) {
    case 0:
      return null
    case 1:
      return chance.one([-1, 0, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, -(2 ** 63), 1e-7])
    case 2:
      return chance.comes(0.5)
    case 3:
      return []
    case 4:
      return {}
    case 5:
      return nested(chance.one([3, 50, 2_000]))
    case 6:
      return chance.word(chance.one([300, 5_000, 70_000]))
    case 7:
      return [hostileText(chance), { not: hostileText(chance) }]
    default:
      return hostileText(chance)
  }
}

function nested(depth: number): unknown {
  let value: unknown = 'x'
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { not: value }
  return value
}
