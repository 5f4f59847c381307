import { describe, expect, it } from 'vitest'
import { kernelState } from './kernel-state.ts'

const sets = `create chainmail-ban4 hash:net family inet hashsize 1024 maxelem 16777216 timeout 0 counters comment
add chainmail-ban4 10.1.0.0/24 timeout 3599 packets 0 bytes 0 comment "w1 [by socket since 2026-11-23T09:27:39Z]"
add chainmail-ban4 10.1.0.7 timeout 0 nomatch packets 0 bytes 0 comment "chainmail: unbanned"
create chainmail-allow4 hash:net family inet hashsize 1024 maxelem 65536 comment
add chainmail-allow4 10.1.0.9 comment "w2"
create chaos-set hash:ip family inet hashsize 1024 maxelem 65536
add chaos-set 10.0.0.2
add chaos-set 10.0.0.1
create left-over hash:ip family inet hashsize 1024 maxelem 65536
`

const rules = `*raw
:PREROUTING ACCEPT [0:0]
-A PREROUTING -m set --match-set chainmail-ban4 src -m comment --comment chainmail -j DROP
COMMIT
*filter
:chainmail-forward - [0:0]
:chaos-1 - [0:0]
-A FORWARD -m comment --comment chainmail -j chainmail-forward
-A chainmail-forward -s 10.30.1.1/32 -i eth1 -j ACCEPT
-A chaos-1 -s 10.0.0.1/32 -j DROP
-A chaos-1 -s 10.0.0.2/32 -j DROP
COMMIT
`

describe('the state of the kernel', () => {
  it('is read from what ipset and iptables-save print', () => {
    expect(Object.fromEntries(kernelState(sets, rules, 0).state)).toEqual({
      'chainmail-ban4 10.1.0.0/24': { text: 'w1', until: 3_599_000 },
      'chainmail-ban4 10.1.0.7': { text: 'free: chainmail: unbanned' },
      'chainmail-allow4 10.1.0.9': { text: 'w2' },
      'set chaos-set': { text: '10.0.0.1\n10.0.0.2' },
      'set left-over': { text: 'a set' },
      'rule chainmail-forward -s 10.30.1.1/32 -i eth1 -j ACCEPT': { text: 'a rule' },
      'chain chaos-1': { text: '-s 10.0.0.1/32 -j DROP\n-s 10.0.0.2/32 -j DROP' },
    })
  })

  it('is wrong when no rule looks up a set that bans, or more than one does', () => {
    expect(kernelState(sets, rules, 0).faults).toEqual([])
    expect(kernelState(sets, '', 0).faults).toEqual(['0 rules look up chainmail-ban4'])
    expect(kernelState(sets, rules + rules, 0).faults).toEqual(['2 rules look up chainmail-ban4'])
  })

  it('is wrong when a chain of a plan is not noted, or is noted and gone', () => {
    const noted = '-A chainmail-chains -m comment --comment "main:chaos-planned-1"'
    expect(kernelState('', `:chaos-planned-1 - [0:0]\n${noted}`, 0)).toEqual({ state: new Map(), faults: [] })
    expect(kernelState('', ':chaos-planned-1 - [0:0]', 0).faults).toEqual([
      'chaos-planned-1 is there and nobody has noted it',
    ])
    expect(kernelState('', noted, 0).faults).toEqual(['chaos-planned-1 is noted and not there'])
  })
})
