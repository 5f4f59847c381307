import { option } from './extension.ts'
import { translatedPrefix } from './kinds/translated-prefix.ts'

/** The prefixes of a target that translates one into the other. */
export const prefixes = {
  srcPfx: option('--src-pfx', translatedPrefix, { about: 'The prefix that is translated.', required: true }),
  dstPfx: option('--dst-pfx', translatedPrefix, {
    about: 'The prefix that takes its place.',
    required: true,
  }),
}
