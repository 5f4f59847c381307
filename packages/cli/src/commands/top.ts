import { setTimeout } from 'node:timers/promises'
import { type Answer, accessOptions, type Command, jsonOption } from '../command.ts'
import { flag } from '../option.ts'
import { Refusal } from '../refusal.ts'
import type { Left, Screen } from '../terminal/screen.ts'
import { printable, wrap } from '../terminal/text.ts'
import { Sampler } from '../top/sampler.ts'
import { type TopView, topLines } from '../top/view.ts'

const onceOption = flag({ name: 'once', about: 'print what goes on within a second, and end' })

/** Milliseconds between two looks. */
const EVERY = 1_000

const KEYS = 'q leaves'

export const topCommand: Command = {
  name: 'top',
  about: 'watch what goes on, once a second',
  description: [
    'Shows how many requests, bans and commits there are a second and how long they take, how busy the daemon is, which rules and sets meet the most packets, and the newest bans; anew each second until q is pressed.',
    'Where there is no terminal, and with --once or --json, it looks for a second, prints what it has seen and ends.',
  ],
  arguments: [],
  options: [onceOption, ...accessOptions],
  examples: [
    { command: 'chainmail top', about: 'until q is pressed' },
    { command: 'chainmail top --once --json | jq .figures.rates', about: 'for a program' },
  ],
  exits: {},
  run: async (input, session) => {
    const { seeing } = await session.access()
    // Before the terminal is taken over: what cannot be asked at all is a refusal like any other.
    const sampler = new Sampler({ seeing })
    await sampler.sample()
    const screen = input.has(onceOption) || input.has(jsonOption) ? undefined : session.screen()
    if (screen === undefined) return once(sampler)
    using shown = screen
    const left = await live(sampler, shown)
    return { document: undefined, lines: () => [], ends: left === 'quit' ? 'done' : 'interrupted' }
  },
}

async function once(sampler: Sampler): Promise<Answer> {
  await setTimeout(EVERY)
  const view = await sampler.sample(true)
  return {
    document: view,
    lines: (layout) => (view === undefined ? [] : topLines(view, layout)),
  }
}

/** Draws until somebody leaves. A daemon that is gone is waited for. */
async function live(sampler: Sampler, screen: Screen): Promise<Left> {
  let shown: TopView | undefined
  let fault: string | undefined
  const draw = (): void => {
    const { layout, rows } = screen
    const told = fault === undefined ? [] : wrap(printable(fault), layout.columns).map(layout.style.bad)
    const lines = shown === undefined ? ['looking …'] : topLines(shown, layout)
    screen.draw([...[...told, ...lines].slice(0, rows - 1), layout.style.dim(KEYS)])
  }
  screen.onResize(draw)
  let left: Left | undefined
  const leaving = screen.left.then((how) => {
    left = how
  })
  while (left === undefined) {
    draw()
    await Promise.race([leaving, setTimeout(EVERY)])
    if (left !== undefined) break
    try {
      shown = (await sampler.sample()) ?? shown
      fault = undefined
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      fault = error.message
      sampler.reset()
    }
  }
  return left
}
