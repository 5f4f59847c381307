import { describe, expect, it } from 'vitest'
import { checkFile } from './file.ts'
import { configurationHelp } from './help.ts'
import { sampleFile } from './sample.ts'
import { allSettings, sections, variableOf } from './settings.ts'

describe('the table of settings', () => {
  it('puts each setting into a section that is described, and each section holds one', () => {
    const used = allSettings.map(({ key }) => key.split('.')[0] ?? '')
    expect(new Set(used)).toEqual(new Set(Object.keys(sections)))
  })

  it('names each flag and each key once', () => {
    for (const names of [allSettings.map(({ flag }) => flag), allSettings.map(({ key }) => key)])
      expect(new Set(names).size).toBe(names.length)
  })

  it('has, for a setting without a fixed default, words for it and an example', () => {
    for (const setting of allSettings)
      if (setting.default === undefined)
        expect(setting).toMatchObject({ otherwise: expect.any(String), example: expect.anything() })
  })
})

describe('the sample of the file', () => {
  const sample = sampleFile()

  it('says nothing as it is', () => {
    const { values, problems } = checkFile(sample)
    expect([values.size, problems]).toEqual([0, []])
  })

  it('is right too when each setting is uncommented, and has each default', () => {
    const { values, problems } = checkFile(sample.replaceAll(/^#(?=\S)/gm, ''))
    expect(problems).toEqual([])
    for (const { key, kind, default: otherwise, example } of allSettings) {
      const found = values.get(key)
      expect(found && kind.fromToml(found.value), key).toEqual(otherwise ?? example)
    }
  })

  it('explains every setting, with its flag and its variable, in lines of at most 100 letters', () => {
    for (const { about, flag } of allSettings) {
      expect(sample.replaceAll('\n# ', ' ')).toContain(about)
      expect(sample).toContain(`--${flag}, ${variableOf(flag)};`)
    }
    for (const line of sample.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })
})

describe('the help', () => {
  it('describes every setting, with its flag, its variable and its key', () => {
    const help = configurationHelp()
    for (const { flag, key } of allSettings)
      for (const word of [`--${flag} `, variableOf(flag), key]) expect(help).toContain(word)
  })
})
