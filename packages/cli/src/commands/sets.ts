import type { Command, CommandGroup } from '../command.ts'
import {
  addCommand,
  createCommand,
  deleteCommand,
  destroyCommand,
  flushCommand,
  renameCommand,
  swapCommand,
} from './sets-change.ts'
import { loadCommand } from './sets-load.ts'
import { restoreCommand, saveCommand } from './sets-save.ts'
import { listCommand, showCommand, testCommand } from './sets-show.ts'

export const setsGroup: CommandGroup = {
  name: 'sets',
  about: 'make, fill and read sets of addresses, networks and ports, as ipset does',
  description: [
    'A rule refers to a set with -m set --match-set NAME src, and looks its entries up in no time, however many there are. Types, options and entries are written in the words of ipset(8).',
    `Sets whose names begin with chainmail- are kept by chainmail for itself and are changed only with --force. A set NAME~all keeps the networks that were merged for the set NAME as they were given.`,
  ],
}

export const setsCommands: readonly Command[] = [
  listCommand,
  showCommand,
  createCommand,
  addCommand,
  deleteCommand,
  testCommand,
  flushCommand,
  swapCommand,
  renameCommand,
  destroyCommand,
  saveCommand,
  restoreCommand,
  loadCommand,
]
