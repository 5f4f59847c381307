import { match, option } from '../extension.ts'
import type { Kind } from '../kind.ts'
import { flag } from '../kinds/flag.ts'
import { name } from '../kinds/name.ts'
import { integer } from '../kinds/number.ts'
import { throughput } from '../kinds/throughput.ts'

const estimator = name(15)

const plainPackets = integer(0, 4_294_967_295)

/** Packets in a second; without a value, what `absent` says. */
function packets<Absent extends 0 | true>(absent: Absent): Kind<number | Absent> {
  return {
    ...plainPackets,
    optional: true,
    schema: absent === true ? { anyOf: [plainPackets.schema, { const: true }] } : plainPackets.schema,
    parse: (words, at, context) =>
      words[at] === undefined ? absent : plainPackets.parse(words, at, context),
    check: (value, context) => (value === absent ? absent : plainPackets.check(value, context)),
    render: (value) => (value === true ? '' : String(value)),
  }
}

const units = [
  { rate: 'rateestBps', first: 'rateestBps1', second: 'rateestBps2', none: '0bit' },
  { rate: 'rateestPps', first: 'rateestPps1', second: 'rateestPps2', none: 0 },
] as const

type Options = Readonly<Record<string, unknown>>

/** One estimator goes by `rateest`, two by `rateest1` and `rateest2`. */
function settledNames({ rateest, rateest1, rateest2 }: Options): Options {
  const first = rateest1 ?? rateest
  return rateest2 === undefined
    ? { rateest: first, rateest1: undefined }
    : { rateest: undefined, rateest1: first }
}

/** With differences there are two rates, without them one; between two estimators it is a mere flag. */
function settledRates(options: Options): Options {
  const { rateestDelta, rateest2 } = options
  const settled: Record<string, unknown> = {}
  for (const { rate, first, second, none } of units) {
    const one = options[rate]
    const two = options[second] ?? (one === true ? none : one)
    const used = one !== undefined || options[first] !== undefined || options[second] !== undefined
    if (!used) continue
    if (rateestDelta !== undefined) {
      settled[rate] = undefined
      settled[first] = options[first] ?? none
      settled[second] = two ?? none
    } else {
      settled[rate] = rateest2 === undefined ? (one === true ? none : one) : true
    }
  }
  return settled
}

// iptables-extensions(8), rateest
export const rateest = match('rateest', {
  about: 'Compares rates that the RATEEST target measures, with a number or with each other.',
  options: {
    rateestDelta: option('--rateest-delta', flag, {
      about: 'Compares by how much less than the given rate each estimator measures.',
    }),
    rateest: option('--rateest', estimator, { about: 'The one estimator.', excludes: ['rateest1'] }),
    rateest1: option('--rateest1', estimator, { about: 'The first of two estimators.' }),
    rateestBps1: option('--rateest-bps1', throughput('0bit'), {
      about: 'What the first rate is taken from, in bits a second.',
      needs: ['rateestDelta'],
      excludes: ['rateestPps1'],
    }),
    rateestPps1: option('--rateest-pps1', packets(0), {
      about: 'What the first rate is taken from, in packets a second.',
      needs: ['rateestDelta'],
    }),
    rateestLt: option('--rateest-lt', flag, {
      about: 'The first is less.',
      negatable: true,
      excludes: ['rateestGt', 'rateestEq'],
    }),
    rateestGt: option('--rateest-gt', flag, {
      about: 'The first is greater.',
      negatable: true,
      excludes: ['rateestEq'],
    }),
    rateestEq: option('--rateest-eq', flag, { about: 'They are equal.', negatable: true }),
    rateestBps: option('--rateest-bps', throughput(true), {
      about: 'Bits a second: the rate to compare with, or true between two estimators.',
      excludes: ['rateestPps', 'rateestPps1', 'rateestPps2'],
    }),
    rateestPps: option('--rateest-pps', packets(true), {
      about: 'Packets a second: the rate to compare with, or true between two estimators.',
      excludes: ['rateestBps1', 'rateestBps2'],
    }),
    rateestBps2: option('--rateest-bps2', throughput('0bit'), {
      about: 'What the second rate is taken from, or the second rate itself.',
      needs: ['rateestDelta'],
      excludes: ['rateestBps', 'rateestPps1', 'rateestPps2'],
    }),
    rateestPps2: option('--rateest-pps2', packets(0), {
      about: 'What the second rate is taken from, or the second rate itself.',
      needs: ['rateestDelta'],
      excludes: ['rateestPps', 'rateestBps1'],
    }),
    rateest2: option('--rateest2', estimator, { about: 'The second of two estimators.' }),
  },
  settle: (options) => ({ ...options, ...settledNames(options), ...settledRates(options) }),
  refuses: (options) => {
    if (options.rateest === undefined && options.rateest1 === undefined)
      return 'rateest needs the name of an estimator'
    if ([options.rateestLt, options.rateestGt, options.rateestEq].every((how) => how === undefined))
      return 'rateest needs one of rateestLt, rateestGt and rateestEq'
    const rates = units.flatMap(({ rate, first }) => [options[rate], options[first]])
    return rates.every((one) => one === undefined) ? 'rateest needs rates to compare' : undefined
  },
})
