import { describe, expect, test } from 'vitest'
import { wordsOfCall } from './called-as.ts'

describe('a call by a link', () => {
  test('that is named like a program is a call of that program', () => {
    expect(wordsOfCall('/usr/local/sbin/iptables', ['-S'], {})).toEqual(['iptables', '-S'])
    expect(wordsOfCall('/usr/local/sbin/ip6tables-save', [], {})).toEqual(['ip6tables-save'])
  })

  test('goes to the kernel without a daemon where the environment says so', () => {
    const environment = { CHAINMAIL_DIRECT: '1' }
    expect(wordsOfCall('/sbin/iptables', ['-S'], environment)).toEqual(['--direct', 'iptables', '-S'])
    expect(wordsOfCall('/sbin/iptables', ['-S'], { CHAINMAIL_DIRECT: '0' })).toEqual(['iptables', '-S'])
  })

  test('by any other name is a call of chainmail', () => {
    expect(wordsOfCall('/usr/bin/chainmail', ['iptables', '-S'], {})).toEqual(['iptables', '-S'])
    expect(wordsOfCall('/srv/packages/cli/bin/chainmail.mjs', ['bans'], {})).toEqual(['bans'])
    expect(wordsOfCall(undefined, ['bans'], {})).toEqual(['bans'])
  })
})
