import { describe, expect, it } from 'vitest'
import { readListing } from './listing.ts'
import { type OwnedChain, ownedChain, type SoughtChain } from './owned.ts'

const tables = readListing(
  `*filter
:INPUT DROP [0:0]
:chainmail-chains - [0:0]
:web - [0:0]
:app - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m tcp --dport 80 -m comment --comment "chainmail:main" -j web
-A INPUT -m comment --comment "chainmail:shop" -j app
-A chainmail-chains -m comment --comment "main:web"
-A chainmail-chains -m comment --comment "shop:app"
-A web -j ACCEPT
-A app -j DROP
COMMIT
`,
  { family: 'ipv4' },
)

function owned(chain: string, owner: string, more: Partial<SoughtChain> = {}): OwnedChain | undefined {
  return ownedChain(tables, 'ipv4', { table: 'filter', chain, ...more }, owner)
}

describe('what an owner has in the kernel', () => {
  it('are the rules with his mark in a chain that is shared', () => {
    expect(owned('INPUT', 'main')).toEqual({
      policy: 'DROP',
      rules: ['-p tcp -m tcp --dport 80 -j web'],
    })
  })

  it('are all rules of a chain that is registered as his own', () => {
    expect(owned('web', 'main')).toEqual({ rules: ['-j ACCEPT'] })
    expect(owned('app', 'main')).toEqual({ rules: [] })
  })

  it('are all rules of a chain that he wants exactly so', () => {
    expect(owned('INPUT', 'main', { exact: true })?.rules).toEqual([
      '-i lo -j ACCEPT',
      '-p tcp -m tcp --dport 80 -j web',
      '-m comment --comment "chainmail:shop" -j app',
    ])
  })

  it('is nothing where the chain or its table is not there', () => {
    expect(owned('gone', 'main')).toBeUndefined()
    expect(owned('INPUT', 'main', { table: 'nat' })).toBeUndefined()
  })
})
