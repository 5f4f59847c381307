import { ChainmailError } from 'chainmail'
import { applyCommand, parseCommandLine, renderSave, type Table } from 'chainmail/text'
import type { Answer, InputCase } from './case.ts'
import { whyModelRefuses, whyModelTakes } from './differences.ts'
import { failed, type Outcome, passed, passedBecause } from './outcome.ts'
import { restored } from './restore-script.ts'

/** Over the model: what the backend made of an input, the model makes of it too. */
export function checkInputCase({ kind, family, table, input, answer }: InputCase): Outcome {
  let got: string
  try {
    const tables =
      kind === 'restore'
        ? restored(input, family)
        : applyCommand(
            [],
            parseCommandLine(`${family === 'ipv4' ? 'iptables' : 'ip6tables'} -t ${table} -A ${input}`),
          )
    got = rulesOf(renderSave(counted(tables), { family }))
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    return answer.accepted ? refusal(answer, error) : passed
  }
  if (!answer.accepted) {
    const why = whyModelTakes(answer.words)
    return why === undefined ? failed('a refusal', got) : passedBecause(why)
  }
  const expected = rulesOf(answer.saved)
  return got === expected ? passed : failed(expected, got)
}

function refusal(answer: Answer, { code, message }: ChainmailError): Outcome {
  const why = whyModelRefuses(message)
  return why === undefined ? failed(rulesOf(answer.saved), `${code}: ${message}`) : passedBecause(why)
}

function counted(tables: readonly Table[]): readonly Table[] {
  const counters = { packets: 0, bytes: 0 }
  return tables.map(({ name, chains }) => ({
    name,
    chains: chains.map((chain) => ({
      ...chain,
      rules: chain.rules.map((rule) => ({ counters, ...rule })),
    })),
  }))
}

/** The chains of users and the rules of a dump: which chains the kernel has by itself is its own affair. */
function rulesOf(dump: string): string {
  return dump
    .split('\n')
    .filter((line) => / -A |^-A |^:\S+ - /.test(line))
    .join('\n')
}
