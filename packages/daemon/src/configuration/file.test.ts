import { describe, expect, it } from 'vitest'
import { checkFile } from './file.ts'

/** The first thing that is wrong, as `line:column: sentence`. */
function fault(text: string): string | undefined {
  const [first] = checkFile(text).problems
  return first && `${first.line}:${first.column}: ${first.message}`
}

describe('a file of settings', () => {
  it.each([
    '',
    '# nothing but a comment\n',
    '[log]\n',
    'log.level = "info"',
    'log = { level = "info" }',
    "[log]\r\nlevel = 'info'\r\n",
    '"log"."level" = "info"',
    '[bans]\nallow-by-default = []',
    '[bans]\nallow-by-default = [\n  "loopback", # this machine\n  "gateways",\n]',
    '[rfw]\ndefault-expire = 0\nnon-restful = true',
    '[rfw]\ndefault-expire = "12h"',
    '[http]\nport = 0x1cde',
    '\ufeff[http]\nport = 7390',
  ])('%j is right', (text) => {
    expect(checkFile(text).problems).toEqual([])
  })

  it.each([
    ['[logs]\nlevel = "info"', '1:2: There is no section [logs]: did you mean [log]?'],
    ['[jail]\nport = 1', '1:2: There is no section [jail]: it is one of paths, https, http,'],
    ['[log]\nlevle = "info"', '2:1: There is no setting log.levle: did you mean log.level?'],
    ['port = 7390', '1:1: There is no setting port: did you mean https.port?'],
    ['[log]\nport = 7390', '2:1: There is no setting log.port: did you mean https.port?'],
    ['[rfw]\ncolour = 1', '2:1: There is no setting rfw.colour: [rfw] has default-expire, non-restful,'],
    ['xyz = 1', '1:1: There is no setting xyz; chainmail config sample lists all of them.'],
    ['log = "info"', '1:1: log is a section: write [log], and its keys below.'],
    ['[[log]]\nlevel = "info"', '1:3: [[log]] is a list, and no setting has one: write [log].'],
    ['[http]\nport = "7390"', '2:8: http.port: "7390" is not a port from 0 to 65535.'],
    ['[http]\nport = 70000', '2:8: http.port: 70000 is not a port from 0 to 65535.'],
    ['[http]\nport = 7390.0', '2:8: http.port: 7390.0 is not a port from 0 to 65535.'],
    ['[http]\nport = 99999999999999999999', '2:8: http.port: 99999999999999999999 is not a port'],
    ['[http]\nhost = "0.0.0.0"', '2:8: http.host: "0.0.0.0" is not a loopback address'],
    ['[log]\nlevel = "loud"', '2:9: log.level: "loud" is not one of fatal,'],
    ['[rfw]\nnon-restful = "true"', '2:15: rfw.non-restful: "true" is not true or false.'],
    ['[rfw]\ndefault-expire = "soon"', '2:18: rfw.default-expire: "soon" is not a time span'],
    ['[rfw]\ndefault-expire = -1', '2:18: rfw.default-expire: -1 is not a time span'],
    [
      '[rfw]\nwhitelist-file = "white.list"',
      '2:18: rfw.whitelist-file: "white.list" is not an absolute path.',
    ],
    [
      '[bans]\nallow-by-default = ["loopback", "me"]',
      '2:20: bans.allow-by-default: ["loopback", "me"] is not',
    ],
    ['[bans]\nipv6-prefix = 1979-05-27', '2:15: bans.ipv6-prefix: 1979-05-27 is not a prefix length'],
    ['[log.level]\n', '1:2: There is no section [log.level]:'],
  ])('%j is wrong at %s', (text, sentence) => {
    expect(fault(text)).toContain(sentence)
  })

  it.each([
    ['[log]\nlevel = info', 2],
    ['[log', 1],
    ['[log]\n\nlevel = "info', 3],
    ['[log]\nlevel = "info"\nlevel = "warn"', 3],
    ['[log]\n[log]', 2],
    ['[bans]\nallow-by-default = ["loopback"', 2],
  ])('%j is not TOML, in line %i', (text, line) => {
    expect(checkFile(text).problems).toMatchObject([
      { line, message: expect.stringMatching(/^This is not TOML: /) },
    ])
  })

  it('has all of its mistakes told at once, in their order, and keeps what is right', () => {
    const { values, problems } = checkFile(
      '[http]\nprot = 1\nport = 2\n[nonsense]\nport = 3\n[log]\nlevel = 4\n',
    )
    expect(problems.map(({ line }) => line)).toEqual([2, 4, 7])
    expect([...values.keys()]).toEqual(['http.port'])
  })
})
