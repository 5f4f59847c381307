/** Sends datagrams to ADDRESS PORT, as many as the loop allows, until its standard input ends. Then prints how many. */
import { createSocket } from 'node:dgram'

/** Datagrams between two turns of the event loop. */
const BURST = 20

const [, , address = '', port = ''] = process.argv
const socket = createSocket('udp4')
let sent = 0
let isOver = false

process.stdin.resume()
process.stdin.on('end', () => {
  isOver = true
})

function burst(): void {
  if (isOver) {
    socket.close()
    process.stdout.write(`${sent}\n`)
    return
  }
  for (let index = 0; index < BURST; index++) socket.send('flood', Number(port), address)
  sent += BURST
  setImmediate(burst)
}

burst()
