import { describe, expect, it } from 'vitest'
import { checkSocketPath, expectedSocket, findPaths, findSocket } from './paths.ts'

const user = { system: false, home: '/home/ada', environment: {} }
const root = { system: true, home: '/root', environment: {} }

describe('the paths', () => {
  it('are those of the system for root', () => {
    expect(findPaths({}, root)).toEqual({
      state: '/var/lib/chainmail',
      socket: '/run/chainmail/chainmail.sock',
      configuration: '/etc/chainmail',
    })
  })

  it('are the defaults of the XDG specification for an ordinary user, with the socket in the state', () => {
    expect(findPaths({}, user)).toEqual({
      state: '/home/ada/.local/state/chainmail',
      socket: '/home/ada/.local/state/chainmail/run/chainmail.sock',
      configuration: '/home/ada/.config/chainmail',
    })
  })

  it('follow the XDG variables', () => {
    const environment = { XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/r', XDG_CONFIG_HOME: '/c' }
    expect(findPaths({}, { ...user, environment })).toEqual({
      state: '/s/chainmail',
      socket: '/r/chainmail/chainmail.sock',
      configuration: '/c/chainmail',
    })
  })

  it('do not follow XDG variables that are relative or empty, and for root none', () => {
    const environment = { XDG_STATE_HOME: 'state', XDG_RUNTIME_DIR: '', XDG_CONFIG_HOME: './c' }
    expect(findPaths({}, { ...user, environment })).toEqual(findPaths({}, user))
    expect(findPaths({}, { ...root, environment: { XDG_STATE_HOME: '/s' } })).toEqual(findPaths({}, root))
  })

  it('take a variable of chainmail before the XDG ones, and a flag before both', () => {
    const environment = { XDG_STATE_HOME: '/s', CHAINMAIL_STATE_DIR: '/mine', CHAINMAIL_SOCKET: '/mine.sock' }
    const context = { ...user, environment }
    expect(findPaths({}, context)).toMatchObject({ state: '/mine', socket: '/mine.sock' })
    expect(findPaths({ state: '/flag', socket: '/flag.sock' }, context)).toMatchObject({
      state: '/flag',
      socket: '/flag.sock',
    })
  })

  it('put the socket below a state folder that was named, where there is no runtime folder', () => {
    expect(findPaths({ state: '/mine' }, user).socket).toBe('/mine/run/chainmail.sock')
  })

  it('lead the command to the socket that it was told, whether or not it exists', () => {
    expect(findSocket('/nowhere/c.sock', user)).toBe('/nowhere/c.sock')
    expect(findSocket(undefined, { ...user, environment: { CHAINMAIL_SOCKET: '/other.sock' } })).toBe(
      '/other.sock',
    )
  })

  it('that the command expects leave out what only this process was told', () => {
    const environment = { XDG_RUNTIME_DIR: '/r', CHAINMAIL_SOCKET: '/other.sock' }
    expect(expectedSocket({ ...user, environment })).toBe('/r/chainmail/chainmail.sock')
  })

  it('of a socket may have 107 bytes', () => {
    const longest = `/${'é'.repeat(53)}`
    expect(checkSocketPath(longest)).toBe(longest)
    expect(() => checkSocketPath(`${longest}x`)).toThrow(/has 108 bytes.*--socket/)
  })
})
