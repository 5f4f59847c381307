import type { Chance } from './chance.ts'
import { type ApiDocument, listOf, recordOf, type Schema } from './document.ts'
import { hostileText } from './hostile.ts'

/** A value for a member of this name, where its schema says less of it than its name; undefined for none. */
export type ByName = (name: string) => unknown

/** Optional members that are left out, of ten. */
const LEFT_OUT = 0.7

/** Makes values that a schema of the document allows. */
export class SchemaValues {
  readonly #document: ApiDocument
  readonly #chance: Chance
  readonly #byName: ByName

  constructor(document: ApiDocument, chance: Chance, byName: ByName) {
    this.#document = document
    this.#chance = chance
    this.#byName = byName
  }

  /** @param name of the member or parameter that it is for */
  of(given: Schema, name = ''): unknown {
    const chance = this.#chance
    const schema = this.#document.resolved(given)
    const { anyOf, const: only, enum: choices, type } = schema
    if (only !== undefined) return only
    if (Array.isArray(choices)) return chance.one(choices)
    const named = this.#byName(name)
    if (named !== undefined && fits(named, type)) return named
    if (Array.isArray(anyOf)) return this.of(recordOf(chance.one(anyOf)), name)
    switch (Array.isArray(type) ? chance.one(type) : type) {
      case 'null':
        return undefined
      case 'boolean':
        return chance.comes(0.5)
      case 'integer':
      case 'number':
        return this.#number(schema)
      case 'array':
        return this.#array(schema)
      case 'object':
        return this.#object(schema)
      default:
        return this.#text(schema)
    }
  }

  #number({ minimum, maximum }: Schema): number {
    const chance = this.#chance
    const least = typeof minimum === 'number' ? minimum : 0
    const most = typeof maximum === 'number' ? maximum : Number.MAX_SAFE_INTEGER
    return chance.comes(0.8)
      ? Math.min(most, least + chance.below(20))
      : chance.one([least, most, Math.min(most, least + 2 ** chance.below(32))])
  }

  #text({ examples, pattern, maxLength }: Schema): string {
    const chance = this.#chance
    if (Array.isArray(examples) && chance.comes(0.7)) return String(chance.one(examples))
    if (typeof pattern === 'string' && pattern.includes('0-9') && chance.comes(0.9))
      return pattern.includes('a-f') ? '0'.repeat(64) : String(chance.below(50))
    const text = chance.comes(0.5) ? chance.word() : hostileText(chance)
    return typeof maxLength === 'number' ? text.slice(0, maxLength) : text
  }

  #array({ items, minItems, maxItems }: Schema): unknown[] {
    const least = typeof minItems === 'number' ? minItems : 0
    const most = typeof maxItems === 'number' ? Math.min(maxItems, least + 4) : least + 4
    return this.#chance.many(least, most, () => this.of(recordOf(items)))
  }

  #object({ properties, required, additionalProperties }: Schema): Schema {
    const chance = this.#chance
    const needed = listOf(required)
    const members = Object.entries(recordOf(properties)).flatMap(([name, schema]) =>
      needed.includes(name) || !chance.comes(LEFT_OUT) ? [[name, this.of(recordOf(schema), name)]] : [],
    )
    const others = recordOf(additionalProperties)
    const more =
      Object.keys(others).length === 0
        ? []
        : chance.many(0, 3, () => [String(this.#byName('*') ?? chance.word()), this.of(others)])
    return Object.fromEntries([...members, ...more])
  }
}

function fits(value: unknown, type: unknown): boolean {
  const types = [type].flat()
  if (type === undefined) return true
  if (typeof value === 'number') return types.includes('integer') || types.includes('number')
  if (Array.isArray(value)) return types.includes('array')
  return types.includes(typeof value)
}
