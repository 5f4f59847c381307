import { describe, expect, test } from 'vitest'
import { chooseStyle, colours, plain } from './style.ts'

describe('colour', () => {
  test.each([
    ['on a terminal', true, {}, colours],
    ['not into a pipe', false, {}, plain],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, plain],
    ['with an empty NO_COLOR, which says nothing', true, { NO_COLOR: '' }, colours],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, plain],
    ['into a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, colours],
    ['with FORCE_COLOR against NO_COLOR', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, colours],
    ['not with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, plain],
  ])('%s', (_, isTerminal, environment, style) => {
    expect(chooseStyle(isTerminal, environment)).toBe(style)
  })

  test('is switched off again behind each text', () => {
    expect(colours.bold('ADDRESS')).toBe('\u001b[1mADDRESS\u001b[22m')
  })
})
