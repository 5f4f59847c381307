/** The module node:http. An import of it would load all that its names stand for: fetch and WebSocket, 10 MB that stay. */
export const http = process.getBuiltinModule('node:http')
