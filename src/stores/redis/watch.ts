/** News of commits through Redis's publish and subscribe: a hint on a connection of its own, never a promise. */
import { type IoredisSubscriber, isIoredis, type NodeRedisSubscriber, type RedisClient } from './client.ts'

/**
 * Calls `wake` at each message and after each new connection, since messages are lost while there is none. The client connects
 * again in its own way. Nothing here throws: where no connection comes about, no news does.
 *
 * @returns a function that ends it and closes the connection.
 */
export function watchChannel(client: RedisClient, channel: string, wake: () => void): () => void {
  let ended = false
  const tell = (): void => {
    if (ended) return
    try {
      wake()
    } catch {
      // The listener's own affair.
    }
  }
  let close: () => unknown = () => undefined
  try {
    close = isIoredis(client)
      ? listenByIoredis(client.duplicate(), channel, tell)
      : listenByNodeRedis(client.duplicate(), channel, tell)
  } catch {
    // A client that cannot be duplicated gives no news.
  }
  return () => {
    if (ended) return
    ended = true
    try {
      Promise.resolve(close()).catch(ignore)
    } catch {
      // It was closed before.
    }
  }
}

const ignore = (): void => undefined

function listenByIoredis(connection: IoredisSubscriber, channel: string, tell: () => void): () => unknown {
  const subscribe = (): unknown => connection.subscribe(channel).then(tell, ignore)
  connection.on('error', ignore)
  connection.on('message', tell)
  connection.on('ready', subscribe)
  // Connects also where the host's client connects only at its first command.
  subscribe()
  return () => connection.disconnect()
}

function listenByNodeRedis(connection: NodeRedisSubscriber, channel: string, tell: () => void): () => unknown {
  connection.on('error', ignore)
  connection.on('ready', tell)
  const listening = connection.connect().then(() => connection.subscribe(channel, tell))
  listening.then(tell, ignore)
  const end = async (): Promise<unknown> => (connection.destroy ? connection.destroy() : connection.disconnect?.())
  // Ended while it connects, a client may connect all the same.
  return () => Promise.all([end(), listening.then(end, ignore)])
}
