import { describe, expect, it } from 'vitest'
import { readListing } from './listing.ts'
import { ownedChain } from './owned.ts'

const place = { table: 'filter', family: 'ipv4' } as const
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

describe('what an owner has in the kernel', () => {
  it('are the rules with his mark in a chain that is shared', () => {
    expect(ownedChain(tables, place, 'INPUT', 'main')).toEqual({
      policy: 'DROP',
      rules: ['-p tcp -m tcp --dport 80 -j web'],
    })
  })

  it('are all rules of a chain that is registered as his own', () => {
    expect(ownedChain(tables, place, 'web', 'main')).toEqual({ rules: ['-j ACCEPT'] })
    expect(ownedChain(tables, place, 'app', 'main')).toEqual({ rules: [] })
  })

  it('is nothing where the chain or its table is not there', () => {
    expect(ownedChain(tables, place, 'gone', 'main')).toBeUndefined()
    expect(ownedChain(tables, { ...place, table: 'nat' }, 'INPUT', 'main')).toBeUndefined()
  })
})
