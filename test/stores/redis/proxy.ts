/** A wire between client and server that can lose an answer: the server has done what it was told, and the client cannot know. */
import { connect, createServer, type Socket } from 'node:net'

/** The wire, on a port of its own. */
export interface Wire {
  readonly port: number
  readonly url: string
  /** The next answer is lost with its connection. Resolves when that has happened. */
  loseAnswer(): Promise<void>
  /** New connections wait until the function that it returns is called. */
  hold(): () => void
  stop(): Promise<void>
}

export async function startWire(target: number): Promise<Wire> {
  const sockets = new Set<Socket>()
  let lose: (() => void) | undefined
  let held: Promise<void> = Promise.resolve()
  const server = createServer(async (client) => {
    const keep = (socket: Socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    keep(client)
    client.pause()
    await held
    const upstream = connect(target, '127.0.0.1')
    keep(upstream)
    upstream.on('data', (chunk) => {
      if (!lose) return void client.write(chunk)
      client.destroy()
      upstream.destroy()
      lose()
      lose = undefined
    })
    client.on('data', (chunk) => upstream.write(chunk))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    client.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    loseAnswer: () =>
      new Promise((resolve) => {
        lose = resolve
      }),
    hold() {
      let release: () => void = () => undefined
      held = new Promise((resolve) => {
        release = resolve
      })
      return release
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
