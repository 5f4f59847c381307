import { type Backend, ChainmailError } from 'chainmail'
import { languages, parseRule, readRuleset, renderRule, renderRuleset, type Table } from 'chainmail/text'
import type { RuleCase } from './case.ts'
import { lacksState, Programs } from './kernel.ts'
import { failed, type Outcome, passed, passedBecause } from './outcome.ts'

export const backends: readonly Backend[] = ['nft', 'legacy']

/**
 * Over the model: what a backend accepted is read and written as that backend prints it, and comes back from every
 * language as it was; what both refused is refused.
 *
 * @param onKernel whether the programs of this host may be asked why they refuse
 */
export function checkRuleCase(test: RuleCase, onKernel: boolean): Outcome {
  const context = { family: test.family }
  const wanted = backends.filter((backend) => test.answers[backend].accepted)
  let text: string
  try {
    text = renderRule(parseRule(test.rule, context), context)
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    if (wanted.length === 0) return passed
    return failed(test.answers[wanted[0] ?? 'nft'].saved, `${error.code}: ${error.message}`)
  }
  if (wanted.length === 0) return checkRefusal(test, text, onKernel)
  const expected = wanted.map((backend) => test.answers[backend].saved)
  if (!expected.includes(text)) return failed(expected[0] ?? '', text)
  const back = throughLanguages(text, test)
  if (back !== undefined) return back
  const other = expected.find((saved) => saved !== text)
  if (other === undefined) return passed
  const again = renderRule(parseRule(other, context), context)
  return again === other || again === text
    ? passedBecause('the backends print it differently')
    : failed(other, again)
}

/** The failure of a rule that does not come back from a language as it was. */
function throughLanguages(text: string, { family, table: name, chain: at }: RuleCase): Outcome | undefined {
  const context = { family }
  const rule = { ...parseRule(text, context), text }
  const chain = { name: at, policy: 'ACCEPT', counters: { packets: 0, bytes: 0 }, rules: [rule] }
  // What a rule jumps to has to exist for commands; in the other languages it is a name.
  const targets = [rule.goto, typeof rule.target === 'string' ? rule.target : undefined]
  const others = targets.flatMap((name) => (name === undefined || /^[A-Z]/.test(name) ? [] : [name]))
  const table: Table = {
    name,
    chains: [chain, ...others.map((name) => ({ name, counters: { packets: 0, bytes: 0 }, rules: [] }))],
  }
  for (const language of languages) {
    const written = renderRuleset([table], language, family)
    const { tables, problems } = readRuleset(written, language, family)
    const [problem] = problems
    const back = tables[0]?.chains.find((one) => one.name === at)?.rules[0]
    if (problem !== undefined || back === undefined)
      return failed(text, `${language}: ${problem?.message ?? 'no rule comes back'}`)
    const again = renderRule(back, context)
    if (again !== text) return failed(text, `${language}: ${again}`)
  }
  return undefined
}

/** Both backends refused what the model took: by themselves, or the kernel did? */
function checkRefusal(test: RuleCase, text: string, onKernel: boolean): Outcome {
  if (!onKernel) return passedBecause('nobody was asked who refuses it: there is no kernel here')
  const dump = `*${test.table}\n-A ${test.chain} ${test.rule}\nCOMMIT\n`
  const programs = backends.map((backend) => new Programs(backend, test.family))
  const tried = programs.map((one) => one.understands(dump))
  const refusal = tried.find(({ ok, words }) => !ok && !lacksState(words))
  if (refusal !== undefined) return failed(`a refusal: ${refusal.words}`, text)
  const lacking = tried.find(({ ok }) => !ok) ?? programs.map((one) => one.load(dump)).find(({ ok }) => !ok)
  return passedBecause('only the kernel refuses', lacking?.words ?? 'it takes it today')
}
