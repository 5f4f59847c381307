import type { BookedBans } from 'chainmail'

/** What the book of bans needs of the kernel. */
export type KernelBans = Pick<
  BookedBans,
  | 'families'
  | 'longWork'
  | 'carve'
  | 'isAllowed'
  | 'inPlace'
  | 'slots'
  | 'addNow'
  | 'takeOut'
  | 'lookAt'
  | 'deleteNow'
  | 'restore'
  | 'batches'
>

/** The kernel for changes that are only told of: it answers what it is asked, and nothing changes in it. */
export function lookingAt(kernel: KernelBans): KernelBans {
  return {
    families: kernel.families,
    get longWork() {
      return kernel.longWork
    },
    isAllowed: (block) => kernel.isAllowed(block),
    carve: (target, asker) => kernel.carve(target, asker),
    inPlace: (slots) => kernel.inPlace(slots),
    slots: () => kernel.slots(),
    batches: () => kernel.batches(),
    lookAt: (place) => kernel.lookAt(place),
    takeOut: (place) => kernel.lookAt(place),
    addNow: () => undefined,
    deleteNow: () => undefined,
    restore: async () => undefined,
  }
}
