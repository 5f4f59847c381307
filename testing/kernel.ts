import { describe } from 'vitest'

/**
 * Whether the tests run as root in a network namespace of their own, as `npm test` arranges it wherever the
 * machine allows it.
 */
export const onKernel: boolean = process.env.CHAINMAIL_TESTS_ON_KERNEL === '1'

/** `describe` for what needs the kernel. Without a namespace its tests count as skipped, and touch nothing. */
export const describeOnKernel = describe.skipIf(!onKernel)
