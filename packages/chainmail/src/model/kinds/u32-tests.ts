import { type Kind, refuse } from '../kind.ts'
import { readInteger } from './number.ts'

// iptables-extensions(8), u32, "artificial implementation limits"; uapi/linux/netfilter/xt_u32.h, XT_U32_MAXSIZE
const GREATEST_COUNT = 10
const ALL_BITS = 0xffff_ffff
const GREATEST_SHIFT = 31

const TOKEN = /[ \t]*(&&|<<|>>|[&@=,:]|[0-9a-zA-Z]+)[ \t]*/y
const OPERATORS = new Set(['&', '<<', '>>', '@'])

const expects =
  'tests such as 6&0xFF=1&&4&0x3FFF=0: at most 10, each with at most 10 numbers before and 10 ranges behind the ='

/** The words of the little language, or undefined where something else stands. */
function tokensOf(program: string): string[] | undefined {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < program.length) {
    const [, token] = TOKEN.exec(program) ?? []
    if (token === undefined) return undefined
    tokens.push(token)
  }
  return tokens
}

function read(program: string): string {
  const tokens = tokensOf(program) ?? refuse(program, expects)
  let at = 0
  const number = (greatest = ALL_BITS) => {
    const value = readInteger(tokens[at++] ?? '')
    return value !== undefined && value <= greatest ? `0x${value.toString(16)}` : refuse(program, expects)
  }
  const location = () => {
    let text = number()
    let numbers = 1
    for (let token = tokens[at]; token !== undefined && OPERATORS.has(token); token = tokens[at]) {
      at++
      text += token + number(token === '<<' || token === '>>' ? GREATEST_SHIFT : ALL_BITS)
      if (++numbers > GREATEST_COUNT) refuse(program, expects)
    }
    return text
  }
  const range = () => {
    const first = number()
    if (tokens[at] !== ':') return first
    at++
    const last = number()
    return first === last ? first : `${first}:${last}`
  }
  const list = <Item>(separator: string, item: () => Item): Item[] => {
    const items = [item()]
    while (tokens[at] === separator) {
      at++
      items.push(item())
    }
    return items.length <= GREATEST_COUNT ? items : refuse(program, expects)
  }
  const test = () => {
    const where = location()
    if (tokens[at++] !== '=') refuse(program, expects)
    return `${where}=${list(',', range).join(',')}`
  }
  const tests = list('&&', test).join('&&')
  return at === tokens.length ? tests : refuse(program, expects)
}

/** The program of the u32 match, held and printed in hexadecimal without blanks: `'0x6&0xff=0x1'`. */
export const u32Tests: Kind<string> = {
  words: 1,
  expects,
  schema: { type: 'string', examples: ['6&0xFF=1&&4&0x3FFF=0'] },
  parse: (words, at) => read(words[at] ?? ''),
  check: (value) => (typeof value === 'string' ? read(value) : refuse(value, expects)),
  render: (value) => `"${value}"`,
}
