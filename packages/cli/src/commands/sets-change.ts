import type { EntryRequest } from 'chainmail'
import type { BulkOutcome, SetOptionValues } from '../access/sets.ts'
import { type Answer, type Argument, accessOptions, type Command, type Input } from '../command.ts'
import { asRefusal, quoted, refusal, wrongUsage } from '../refusal.ts'
import { printable } from '../terminal/text.ts'
import { forceOption } from './force.ts'
import { changeable, nameArgument } from './set-name.ts'
import * as aggregated from './sets-aggregated.ts'

const options = [forceOption, ...accessOptions] as const

const newNameArgument: Argument = { name: 'NAME', about: 'the name, at most 31 bytes', required: true }

const typeArgument: Argument = {
  name: 'TYPE',
  about: 'such as hash:ip, hash:net, hash:ip,port, bitmap:port or list:set; ipset(8) tells of all of them',
  required: true,
  completes: [
    'hash:ip',
    'hash:net',
    'hash:ip,port',
    'hash:net,port',
    'hash:ip,port,ip',
    'hash:ip,port,net',
    'hash:net,net',
    'hash:net,port,net',
    'hash:net,iface',
    'hash:ip,mark',
    'hash:ip,mac',
    'hash:mac',
    'bitmap:ip',
    'bitmap:ip,mac',
    'bitmap:port',
    'list:set',
  ],
}

const createArgument: Argument = {
  name: 'OPTION',
  about:
    'the options of ipset create: family inet6, timeout 600, maxelem 1000000, counters, comment, skbinfo, forceadd, netmask 24, range 0-1023 and so on',
  required: false,
  repeats: true,
  completes: [
    'family',
    'timeout',
    'maxelem',
    'hashsize',
    'counters',
    'comment',
    'skbinfo',
    'forceadd',
    'netmask',
    'range',
  ],
}

export const createCommand: Command = {
  name: 'sets create',
  about: 'make an empty set',
  description: [
    'Makes a set of a type, with options in the words of ipset create. A set with the option timeout forgets each entry after so many seconds, unless the entry says otherwise.',
  ],
  arguments: [newNameArgument, typeArgument, createArgument],
  options,
  examples: [
    { command: 'chainmail sets create customers hash:net', about: 'of IPv4 addresses and networks' },
    {
      command: 'chainmail sets create trials hash:ip family inet6 timeout 600',
      about: 'of IPv6 addresses that leave after ten minutes',
    },
  ],
  exits: {
    done: 'the set is there',
    refused: 'there is a set of the name, or the daemon or the kernel refused',
  },
  run: async (input, session) => {
    const name = changeable(input.required(newNameArgument), input)
    const created = await readCreation(name, [input.required(typeArgument), ...input.all(createArgument)])
    const { sets } = await session.access()
    await sets.create(name, created.type, created.options)
    const { document } = await sets.describe(name)
    return { document, lines: () => [printable(`${name} is there, of type ${created.type}.`)] }
  },
}

/**
 * Reads the type and the options of a new set in ipset's words.
 *
 * @throws Refusal `bad-restore-line`, `bad-set-name`
 */
export async function readCreation(
  name: string,
  words: readonly string[],
): Promise<{ readonly type: string; readonly options: SetOptionValues }> {
  const { parseRestoreLine } = await import('chainmail/lists')
  const operation = inWords(() => parseRestoreLine(['create', name, ...words].join(' '), 1))
  if (operation?.command !== 'create') throw wrongUsage(`${quoted(name)} is no name for a set.`)
  return { type: operation.type, options: { ...operation.options } }
}

/** What reads the words of a command line tells of a line of a file; here there is none. */
function inWords<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    const told = asRefusal(error)
    if (told === undefined) throw error
    throw refusal(told.code, told.problem.title, told.message.replace(/^Line \d+: /, ''))
  }
}

const entryArgument: Argument = {
  name: 'ENTRY',
  about:
    'such as 192.0.2.7, 192.0.2.0/24 or 192.0.2.7,tcp:80, each followed by its options in the words of ipset add',
  required: true,
  repeats: true,
}

async function entriesIn(input: Input): Promise<readonly EntryRequest[]> {
  const { readEntryList } = await import('chainmail/lists')
  return inWords(() => readEntryList(input.all(entryArgument)))
}

export const addCommand: Command = {
  name: 'sets add',
  about: 'add entries to a set',
  description: [
    'Adds entries. One that is there already gets its timeout, counters and comment anew.',
    'Behind an entry may stand its options, in the words of ipset add: timeout 60, comment "why", nomatch and so on.',
  ],
  arguments: [nameArgument, entryArgument],
  options,
  examples: [
    { command: 'chainmail sets add customers 192.0.2.0/24 198.51.100.7', about: 'two entries' },
    {
      command: 'chainmail sets add trials 2001:db8::7 timeout 60',
      about: 'one with options',
    },
  ],
  exits: {
    done: 'the kernel has all of them',
    refused: 'one of them was not taken, and all others are in; or there is no such set',
  },
  run: async (input, session) => {
    const name = changeable(input.required(nameArgument), input)
    const entries = await entriesIn(input)
    const { sets } = await session.access()
    const outcome = await aggregated.add(sets, name, entries)
    return changed(name, 'added', entries, outcome)
  },
}

export const deleteCommand: Command = {
  name: 'sets del',
  about: 'take entries out of a set',
  description: [
    'Takes out exactly these entries: an address inside a network of the set is none of its entries.',
    'What chainmail sets load --aggregate has merged can be taken out as it was given: the networks beside it stay in the set.',
  ],
  arguments: [nameArgument, entryArgument],
  options,
  examples: [{ command: 'chainmail sets del customers 198.51.100.7', about: 'one entry' }],
  exits: { done: 'they are gone from the kernel', refused: 'one of them, or the set, is not there' },
  run: async (input, session) => {
    const name = changeable(input.required(nameArgument), input)
    const entries = await entriesIn(input)
    const { sets } = await session.access()
    const outcome = await aggregated.remove(sets, name, entries)
    return changed(name, 'taken out', entries, outcome)
  },
}

function changed(
  set: string,
  what: 'added' | 'taken out',
  entries: readonly EntryRequest[],
  { accepted, refused, examples }: BulkOutcome,
): Answer {
  const [only, ...more] = entries
  const [first] = examples
  if (first !== undefined && more.length === 0)
    throw refusal(first.code, first.code.replaceAll('-', ' '), first.message)
  const subject =
    more.length === 0
      ? `${only?.element ?? ''} is`
      : accepted === 1
        ? '1 entry is'
        : `${accepted} entries are`
  return {
    document: {
      set,
      accepted,
      refused: examples.map(({ index, ...why }) => ({ element: entries[index]?.element, ...why })),
    },
    ends: refused === 0 ? 'done' : 'refused',
    lines: () => [
      ...(accepted === 0 ? [] : [printable(`${subject} ${what === 'added' ? 'in' : 'out of'} ${set}.`)]),
      ...examples.map(({ message }) => printable(message)),
    ],
  }
}

export const flushCommand: Command = {
  name: 'sets flush',
  about: 'take every entry out of a set',
  description: ['Empties a set. What refers to it goes on referring to it.'],
  arguments: [nameArgument],
  options,
  examples: [{ command: 'chainmail sets flush trials', about: 'one set' }],
  exits: { done: 'the set is empty', refused: 'there is no such set, or the daemon or the kernel refused' },
  run: async (input, session) => {
    const name = changeable(input.required(nameArgument), input)
    await aggregated.both((await session.access()).sets, name, (sets, each) => sets.flush(each))
    return { document: { set: name, entries: 0 }, lines: () => [printable(`${name} is empty.`)] }
  },
}

export const destroyCommand: Command = {
  name: 'sets destroy',
  about: 'remove a set',
  description: ['Removes a set with its entries. While a rule or a list refers to it, it stays.'],
  arguments: [nameArgument],
  options,
  examples: [{ command: 'chainmail sets destroy trials', about: 'one set' }],
  exits: { done: 'the set is gone', refused: 'there is no such set, or something refers to it' },
  run: async (input, session) => {
    const name = changeable(input.required(nameArgument), input)
    await aggregated.both((await session.access()).sets, name, (sets, each) => sets.destroy(each))
    return { document: { set: name, destroyed: true }, lines: () => [printable(`${name} is gone.`)] }
  },
}

const otherArgument: Argument = {
  name: 'OTHER',
  about: 'a set of the same type and family',
  required: true,
  completes: 'sets',
}

export const swapCommand: Command = {
  name: 'sets swap',
  about: 'exchange the content of two sets',
  description: [
    'Exchanges two sets in one step: what refers to one of the names refers to the content of the other from then on. No packet sees anything between.',
  ],
  arguments: [nameArgument, otherArgument],
  options,
  examples: [{ command: 'chainmail sets swap customers customers-new', about: 'a new content, at once' }],
  exits: { done: 'they are exchanged', refused: 'one is not there, or they are of different types' },
  run: async (input, session) => {
    const name = changeable(input.required(nameArgument), input)
    const other = changeable(input.required(otherArgument), input)
    await aggregated.swap((await session.access()).sets, name, other)
    return {
      document: { set: name, other },
      lines: () => [printable(`${name} and ${other} have each other's content.`)],
    }
  },
}

const renamedArgument: Argument = { name: 'NEWNAME', about: 'the new name', required: true }

export const renameCommand: Command = {
  name: 'sets rename',
  about: 'give a set another name',
  description: ['Renames a set. While a rule or a list refers to it, it keeps its name.'],
  arguments: [nameArgument, renamedArgument],
  options,
  examples: [{ command: 'chainmail sets rename trials guests', about: 'one set' }],
  exits: { done: 'the set has the name', refused: 'there is no such set, or something refers to it' },
  run: async (input, session) => {
    const name = changeable(input.required(nameArgument), input)
    const newName = changeable(input.required(renamedArgument), input)
    await aggregated.rename((await session.access()).sets, name, newName)
    return {
      document: { set: newName, before: name },
      lines: () => [printable(`${name} is now named ${newName}.`)],
    }
  },
}
