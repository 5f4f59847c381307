import { ChainmailError } from 'chainmail'
import { languages, parseSave, readRuleset, renderRuleset, renderSave, type Table } from 'chainmail/text'
import type { DumpCase } from './case.ts'
import { lacksState, Programs } from './kernel.ts'
import { failed, type Outcome, passed, passedBecause } from './outcome.ts'
import { backends } from './rule-case.ts'

/**
 * A ruleset is read, and comes back from every language as it was. Over the kernel: what save prints for it is
 * read and written to the byte, and loaded again it is the same.
 */
export function* checkDumpCase(test: DumpCase, onKernel: boolean): Generator<Outcome> {
  yield throughModel(test.text, { family: test.family })
  if (!onKernel) return
  for (const backend of backends) {
    const programs = new Programs(backend, test.family)
    const asItIs = programs.load(test.text)
    // The names of ports are the host's; the model writes their numbers.
    const { ok, words } = asItIs.ok ? asItIs : programs.load(renderSave(parseSave(test.text, test), test))
    if (!ok) {
      yield lacksState(words)
        ? passedBecause(`this host cannot load it into ${backend}: ${words}`)
        : failed('a dump that can be loaded', `${backend}: ${words}`)
      continue
    }
    const saved = programs.saved()
    yield throughModel(saved, programs.context, saved)
    const again = programs.load(renderSave(parseSave(saved, programs.context), programs.context))
    yield again.ok ? same(byTable(saved), byTable(programs.saved())) : failed('loaded again', again.words)
  }
}

/** @param exact what the model has to write for the text */
function throughModel(text: string, context: Programs['context'], exact?: string): Outcome {
  const { family } = context
  try {
    const tables = parseSave(text, { family })
    if (exact !== undefined && renderSave(tables, context) !== exact)
      return same(exact, renderSave(tables, context))
    for (const language of languages) {
      // Commands say nothing of what policies have counted.
      const wanted = language === 'args' ? withoutCounts(tables) : tables
      const back = readRuleset(renderRuleset(wanted, language, family), language, family)
      const [problem] = back.problems
      if (problem !== undefined) return failed('a text that can be read', `${language}: ${problem.message}`)
      const expected = renderSave(wanted, { family })
      const got = renderSave(onlyThoseOf(wanted, back.tables), { family })
      if (got !== expected) return same(expected, got)
    }
    return passed
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    return failed('a ruleset that can be read', `${error.code}: ${error.message}`)
  }
}

function withoutCounts(tables: readonly Table[]): readonly Table[] {
  const counters = { packets: 0, bytes: 0 }
  return tables.map(({ name, chains }) => ({ name, chains: chains.map((chain) => ({ ...chain, counters })) }))
}

/** The tables without the chains that commands find in every table, in the order of the others. */
function onlyThoseOf(wanted: readonly Table[], tables: readonly Table[]): readonly Table[] {
  return wanted.map(({ name, chains }) => {
    const found = tables.find((table) => table.name === name)?.chains ?? []
    return { name, chains: chains.flatMap((chain) => found.filter((one) => one.name === chain.name)) }
  })
}

/** The legacy backend prints its tables in the order in which they were loaded last. */
function byTable(saved: string): string {
  return saved.split('COMMIT\n').toSorted().join('COMMIT\n')
}

function same(expected: string, got: string): Outcome {
  if (expected === got) return passed
  const lines = got.split('\n')
  const index = expected.split('\n').findIndex((line, at) => line !== lines[at])
  return failed(expected.split('\n')[index] ?? 'the end', lines[index] ?? 'the end')
}
