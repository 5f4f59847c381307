import { chainName } from '../names.ts'
import { type Caller, change, revisionOf } from './caller.ts'

/** Rules of one chain. */
const LENGTH = 40

/** Adds rules to a chain of its own, anywhere, and deletes them; their order counts. */
export function rules(chain: string): Caller {
  const name = chainName(chain)
  const path = `/v1/tables/filter/chains/${chain}/rules?family=ipv4`
  return async (load) => {
    const { model, random } = load
    const text = model.get(name)?.text ?? ''
    const lines = text === '' ? [] : text.split('\n')
    if (lines.length === LENGTH || (lines.length > 0 && random.oneIn(3))) {
      const place = random.below(lines.length)
      await change(
        load,
        ['DELETE', path, { rule: lines[place] }],
        [[name, heldLines(lines.toSpliced(place, 1))]],
      )
      return
    }
    const port = 1 + random.below(65_535)
    const rule = `-s 16.0.0.${random.below(256)}/32 -p tcp -m tcp --dport ${port} -m comment --comment ${load.word()} -j DROP`
    const position = 1 + random.below(lines.length + 1)
    const body = position > lines.length ? { rule } : { rule, position }
    const after = heldLines(lines.toSpliced(position - 1, 0, rule))
    load.sawRevision(revisionOf(await change(load, ['POST', path, body], [[name, after]])))
  }
}

function heldLines(lines: readonly string[]) {
  return lines.length === 0 ? undefined : { text: lines.join('\n') }
}
