import type { Place } from '../access/access.ts'
import {
  type Argument,
  accessOptions,
  type Command,
  type CommandGroup,
  type Input,
  placeFamilyOption,
} from '../command.ts'
import { text } from '../option.ts'
import { wrongUsage } from '../refusal.ts'
import { printable } from '../terminal/text.ts'
import { forceOption } from './force.ts'
import { answerTo, confirmWithinOption, conversation, onHangupOption } from './probation.ts'
import { whyOption } from './revision.ts'
import { tableOption } from './rules.ts'

export const ruleGroup: CommandGroup = {
  name: 'rule',
  about: 'add or delete a single rule',
  description: [
    'Changes one rule of a chain, of whomever the others are. chainmail rules shows them, with their numbers; chainmail plan and apply change many at once.',
  ],
}

const chain: Argument = {
  name: 'CHAIN',
  about: 'the chain, such as INPUT',
  required: true,
  completes: ['INPUT', 'FORWARD', 'OUTPUT', 'PREROUTING', 'POSTROUTING'],
}

const rule: Argument = {
  name: 'RULE',
  about: "the rule in iptables' own words, behind --, such as -- -p tcp --dport 22 -j DROP",
  required: true,
  repeats: true,
}

const ruleOrNumber: Argument = { ...rule, about: `${rule.about}; or its number in the chain` }

const positionOption = text({
  name: 'position',
  placeholder: 'NUMBER',
  about: 'the number that the rule gets in the chain',
  otherwise: 'the end of the chain',
})

const options = [
  tableOption,
  confirmWithinOption,
  onHangupOption,
  forceOption,
  whyOption,
  placeFamilyOption,
  ...accessOptions,
]

const safety =
  'A change that would shut out an address of the allowlist, or whoever types the command by ssh, is refused, with the rule that does it. With --confirm-within the change is on probation instead: unless it is confirmed in time, it is taken back by a process of its own.'

const addCommand: Command = {
  name: 'rule add',
  about: 'add a rule to a chain',
  description: ['Returns when the kernel has the rule.', safety],
  arguments: [chain, rule],
  options: [positionOption, ...options],
  examples: [
    { command: 'chainmail rule add INPUT -- -s 192.0.2.7 -j DROP', about: 'at the end of the chain' },
    {
      command: 'chainmail rule add INPUT --confirm-within 60s -- -j DROP',
      about: 'taken back after a minute unless you keep it',
    },
  ],
  exits: {
    refused: 'the rule cannot be read, would shut somebody out, or was taken back; or the kernel refused',
  },
  run: async (input, session) => {
    const place = placeOf(input)
    const name = input.required(chain)
    const position = positionOf(input)
    const wanted = await ruleText(input.all(rule), name, place)
    const access = await session.access()
    using dialogue = conversation(input, session)
    const made = await access.addRule(name, place, wanted, {
      ...optionsOf(input),
      position,
      sender: session.sender(),
    })
    const told = printable(`${place.family} ${place.table} ${name} has the rule ${made.value}`)
    return await answerTo(made, told, dialogue, access.plans, input)
  },
}

const deleteCommand: Command = {
  name: 'rule delete',
  about: 'delete a rule from a chain',
  description: [
    'Deletes the first rule of the chain that is equal to the one given, however it is spelled, or the one with the number given. Returns when the kernel has done it.',
    safety,
  ],
  arguments: [chain, ruleOrNumber],
  options,
  examples: [
    { command: 'chainmail rule delete INPUT -- -s 192.0.2.7 -j DROP', about: 'the first equal rule' },
    { command: 'chainmail rule delete INPUT 3', about: 'the third rule' },
  ],
  exits: {
    refused: 'there is no such rule, it is needed by somebody, or was put back; or the kernel refused',
  },
  run: async (input, session) => {
    const place = placeOf(input)
    const name = input.required(chain)
    const words = input.all(ruleOrNumber)
    const [only = '', ...more] = words
    const isNumber = more.length === 0 && /^[1-9]\d{0,8}$/.test(only)
    const wanted = isNumber ? Number(only) : await ruleText(words, name, place)
    const access = await session.access()
    using dialogue = conversation(input, session)
    const made = await access.deleteRule(name, place, wanted, {
      ...optionsOf(input),
      sender: session.sender(),
    })
    const told = printable(`${place.family} ${place.table} ${name} has no longer the rule ${wanted}`)
    return await answerTo(made, told, dialogue, access.plans, input)
  },
}

export const ruleCommands: readonly Command[] = [addCommand, deleteCommand]

function placeOf(input: Input): Place {
  return { table: input.value(tableOption) ?? 'filter', family: input.value(placeFamilyOption) ?? 'ipv4' }
}

function optionsOf(input: Input) {
  return {
    confirmWithin: input.value(confirmWithinOption),
    force: input.has(forceOption),
    why: input.value(whyOption),
  }
}

/** @throws Refusal `usage` */
function positionOf(input: Input): number | undefined {
  const given = input.value(positionOption)
  if (given === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given)
  throw wrongUsage(`--position is the number of a rule, counted from 1, not ${JSON.stringify(given)}.`)
}

/**
 * The rule in one text: the words as a shell has separated them, or one word that holds them all.
 *
 * @throws Refusal `usage`; ChainmailError with what cannot be read
 */
async function ruleText(words: readonly string[], name: string, { table, family }: Place): Promise<string> {
  const [only = '', ...more] = words
  if (more.length === 0) return only
  const { parseCommand, renderRule } = await import('chainmail/text')
  const command = parseCommand(['-t', table, '-A', name, ...words], { family })
  const [read, ...others] = 'rules' in command ? command.rules : []
  if (read === undefined || others.length > 0)
    throw wrongUsage(
      'The words stand for several rules: add one after another, or load them with chainmail apply.',
    )
  return renderRule(read, { family })
}
