export { renderListing, renderRuleSpecifications, type Selection } from './listing.ts'
export { type ListedNames, noNames } from './names.ts'
export { type Columns, verboseLine } from './rule-line.ts'
export type { ListingContext } from './shown.ts'
