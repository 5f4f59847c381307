import { type Kind, wordKind } from '../kind.ts'

// XT_BPF_MAX_NUM_INSTR
const MAX_INSTRUCTIONS = 64
const INSTRUCTION = /^(\d{1,5}) +(\d{1,3}) +(\d{1,3}) +(\d{1,10})$/
// struct sock_filter, uapi/linux/filter.h: code, jump if true, jump if false, operand
const GREATEST = [0xffff, 0xff, 0xff, 0xffff_ffff]

/** A classic BPF program as `tcpdump -ddd` and nfbpf_compile(8) print it, with commas for line ends. */
export const bytecode: Kind<string> = wordKind({
  expects: `the number of instructions (1 to ${MAX_INSTRUCTIONS}) and each as four decimal numbers, such as 1,6 0 0 0`,
  schema: { type: 'string', examples: ['4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0'] },
  read: (word) => {
    const [count = '', ...lines] = word.split(',').map((part) => part.trim())
    if (lines.at(-1) === '') lines.pop()
    if (!/^\d{1,2}$/.test(count) || Number(count) !== lines.length) return undefined
    if (lines.length === 0 || lines.length > MAX_INSTRUCTIONS) return undefined
    const instructions = lines.map(readInstruction)
    return instructions.includes(undefined) ? undefined : [lines.length, ...instructions].join(',')
  },
  write: (program) => `"${program}"`,
})

function readInstruction(line: string): string | undefined {
  const fields = INSTRUCTION.exec(line)?.slice(1).map(Number)
  return fields?.every((field, index) => field <= (GREATEST[index] ?? 0)) === true
    ? fields.join(' ')
    : undefined
}
