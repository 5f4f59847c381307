#!/usr/bin/env node
import { run } from './run.ts'

// A reader that has seen enough, such as head(1), closes the pipe: what the command did stays done.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

const { stdin, stdout, stderr, env: environment } = process
process.exitCode = await run(process.argv.slice(2), { stdin, stdout, stderr, environment })
