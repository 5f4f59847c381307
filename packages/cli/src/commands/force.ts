import { flag } from '../option.ts'

export const forceOption = flag({
  name: 'force',
  about:
    'do what is refused for safety: shut out an allowed address, yourself or the port of ssh; with --direct, change a set that chainmail keeps for itself',
})
