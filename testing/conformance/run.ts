import type { Case, InputCase, RuleCase } from './case.ts'
import { checkDumpCase } from './dump-case.ts'
import { checkInputCase } from './input-case.ts'
import { checkLoadedRules } from './loaded-rules.ts'
import { all, type Outcome, passedBecause } from './outcome.ts'
import { backends, checkRuleCase } from './rule-case.ts'

/** What running a corpus found, in lines for people; the last one counts. */
export interface Report {
  readonly lines: readonly string[]
  readonly failures: number
}

/**
 * Runs cases over the model and, where there is one to try it on, over the kernel of this network namespace, whose
 * rules it replaces.
 *
 * @param verbose tells of the cases too that passed for a reason of their own
 */
export function conformance(cases: readonly Case[], onKernel: boolean, verbose: boolean): Report {
  const outcomes = new Map<Case, Outcome>(cases.map((test) => [test, overModel(test, onKernel)]))
  forgiveOneBackend(outcomes)
  if (onKernel) addLoaded(outcomes)
  const failures = [...outcomes].filter(([, { passed }]) => !passed)
  const lines = failures.flatMap(([test, outcome]) => failureLines(test, outcome))
  for (const [note, group] of Map.groupBy(outcomes, ([, outcome]) =>
    outcome.passed ? outcome.note : undefined,
  )) {
    if (note === undefined) continue
    lines.push(`${group.length} passed although: ${note}`)
    if (verbose) lines.push(...group.flatMap(([test, { detail }]) => namedLines(test, detail)))
  }
  return {
    lines: [...lines, `${outcomes.size - failures.length} passed, ${failures.length} failed`],
    failures: failures.length,
  }
}

function overModel(test: Case, onKernel: boolean): Outcome {
  if (test.kind === 'rule') return checkRuleCase(test, onKernel)
  if (test.kind === 'dump') return all(checkDumpCase(test, onKernel))
  return checkInputCase(test)
}

/** There is one model: where the backends disagree about an input, it can be with one of them only. */
function forgiveOneBackend(outcomes: Map<Case, Outcome>): void {
  const inputs = [...outcomes.keys()].filter((test): test is InputCase => 'input' in test)
  const twins = Map.groupBy(inputs, ({ kind, family, table, input }) =>
    JSON.stringify([kind, family, table, input]),
  )
  for (const group of twins.values()) {
    if (!group.some((test) => outcomes.get(test)?.passed === true)) continue
    for (const test of group) {
      if (outcomes.get(test)?.passed === false)
        outcomes.set(test, passedBecause('the backends disagree, and the model is with the other one'))
    }
  }
}

/** Loads every rule that passed over the model into each backend that accepted it. */
function addLoaded(outcomes: Map<Case, Outcome>): void {
  for (const backend of backends) {
    for (const family of ['ipv4', 'ipv6'] as const) {
      const rules = [...outcomes].flatMap(([test, { passed }]): RuleCase[] =>
        passed && test.kind === 'rule' && test.family === family && test.answers[backend].accepted
          ? [test]
          : [],
      )
      for (const [test, outcome] of checkLoadedRules(rules, backend, family)) {
        const before = outcomes.get(test)
        outcomes.set(test, all(before === undefined ? [outcome] : [before, outcome]))
      }
    }
  }
}

function namedLines(test: Case, detail: string | undefined): readonly string[] {
  return [`  ${describe(test)}`, ...(detail === undefined ? [] : [`    ${printable(detail)}`])]
}

function failureLines(test: Case, { expected = '', got = '' }: Outcome): readonly string[] {
  return [`FAILED ${describe(test)}`, ...labelled('  expected', expected), ...labelled('  got     ', got)]
}

function labelled(label: string, text: string): readonly string[] {
  return text
    .split('\n')
    .map((line, index) => `${index === 0 ? label : ' '.repeat(label.length)}  ${printable(line)}`)
}

function describe(test: Case): string {
  const what = test.kind === 'rule' ? test.rule : test.kind === 'dump' ? 'the whole dump' : test.input
  const where =
    test.kind === 'restore' || test.kind === 'argv' ? `${test.family}, ${test.backend}` : test.family
  return printable(`${test.source} (${where}): ${what}`)
}

/** One line that cannot write to a terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, (letter) =>
    JSON.stringify(letter)
      .slice(1, -1)
      .replace(/^\p{C}$/u, '?'),
  )
}
