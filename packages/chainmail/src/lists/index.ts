/** Lists of entries from files and streams: `chainmail/lists`. */
export { addLine, createLine, parseRestoreLine } from '@chainmail/kernel'
export { AggregatedList, type CoverChange } from './aggregated-list.ts'
export { readEntryList } from './formats/ipset-words.ts'
export { LineFault } from './line-fault.ts'
export { type LineBlock, lineBlocks } from './lines.ts'
export type { BrokenLine, ListEntry, ListFormat, ListOptions, ListSource } from './list.ts'
export { listFormats } from './list.ts'
export { readList } from './read-list.ts'
