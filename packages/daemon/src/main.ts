#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { keepCompiled } from './compiled-code.ts'

// Before anything is loaded: the heap grows in small steps then, and half of the memory is enough for the same bans.
setFlagsFromString('--optimize-for-size')
keepCompiled()
await import('./program.ts')
