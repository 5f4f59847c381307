export { parseJson, readJson } from './read-json.ts'
export { renderJson } from './render-json.ts'
export { rulesetSchema } from './schema.ts'
