#!/usr/bin/env node
import { run } from './run.ts'
import { wordsOfCall } from './stand-in/called-as.ts'
import { askLine } from './terminal/ask-line.ts'
import { openDialogue } from './terminal/dialogue.ts'
import { openScreen } from './terminal/screen.ts'

// A reader that has seen enough, such as head(1), closes the pipe, and a terminal may be closed: what the command did
// stays done, and what it has to do is done.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })
}

const { stdin, stdout, stderr, env: environment } = process
const [, script, ...given] = process.argv
process.exitCode = await run(wordsOfCall(script, given, environment), {
  stdin,
  stdout,
  stderr,
  environment,
  dialogue: () => openDialogue(process),
  screen: () => openScreen(process),
  ask: (question) => askLine(process, question),
})
