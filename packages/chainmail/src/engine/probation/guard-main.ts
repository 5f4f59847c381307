import module from 'node:module'

/*
 * The program of a guard: `guard-main FOLDER ID [CACHE]`. With a folder for compiled code it stands by in a fifth of the
 * time: on a machine that is under attack that is what a change on probation takes.
 */
const [, , , , cache] = process.argv
if (cache !== undefined) module.enableCompileCache(cache)
await import('./guard.ts')
