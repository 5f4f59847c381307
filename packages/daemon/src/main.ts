#!/usr/bin/env node
import { keepCompiled } from './compiled-code.ts'

keepCompiled()
await import('./program.ts')
