/**
 * Whether a request asks the server behind for another protocol on its connection (RFC 9110, section 7.8). A gateway that hands the wish
 * on hands on whatever follows: with `h2c`, requests of HTTP/2 that nobody has judged. A WebSocket is one conversation with the resource
 * that was judged.
 */
import { type Caller, headerOf } from './caller.ts'

/** Whether it asks for anything but a WebSocket. */
export function asksForTunnel(caller: Caller): boolean {
  const wanted = headerOf(caller, 'upgrade')
  return wanted === false || (wanted !== undefined && !/^\s*(?:websocket\s*)?$/i.test(wanted))
}
