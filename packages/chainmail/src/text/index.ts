/**
 * The languages of rules, and nothing that reaches for a kernel: `chainmail/text`.
 */

export { type Spelling, spellingOf } from '../model/version.ts'
export * from './command/index.ts'
export { formatSave } from './format-save.ts'
export { hostSpelling } from './host.ts'
export * from './json/index.ts'
export {
  detectLanguage,
  dumpFamily,
  type Language,
  languages,
  readRuleset,
  renderRuleset,
} from './language.ts'
export { parseRule } from './parse-rule.ts'
export type { ReadRuleset } from './read-ruleset.ts'
export { renderRule } from './render-rule.ts'
export {
  type Chain,
  type ListedRule,
  type Problem,
  parseSave,
  readSave,
  renderSave,
  type Table,
} from './save.ts'
export * from './xml/index.ts'
