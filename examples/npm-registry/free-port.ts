/**
 * A port of the loopback that nobody listens on, for a program that has to be told one. It lies below those that the system
 * gives to outgoing connections (from 32768 on Linux), so that none of these can take it between the look and the use.
 */
import { createServer } from 'node:net'

const [LOWEST, HIGHEST] = [15_000, 32_000]

/** Draws until one can be listened on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (listens) await new Promise((resolve) => server.close(resolve))
  return listens
}
