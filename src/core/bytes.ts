/** Bytes of a body that come in pieces, in one array that grows. A list of pieces of one byte takes hundreds of times its length. */

/** Bytes that are being gathered. */
export interface Gathering {
  /** Takes a piece in. `false`, now and from then on, once there is more than the limit. */
  add(piece: Uint8Array): boolean
  /** Everything so far. */
  all(): Uint8Array
}

/** What most bodies fit into. */
const FIRST = 16_384

/** Gathers up to `limit` bytes. */
export function gatherBytes(limit: number): Gathering {
  let bytes = new Uint8Array(Math.min(limit, FIRST))
  let length = 0
  let isOver = false
  return {
    add(piece) {
      const end = length + piece.byteLength
      isOver ||= end > limit
      if (isOver) return false
      if (end > bytes.byteLength) {
        const larger = new Uint8Array(Math.min(limit, Math.max(end, bytes.byteLength * 2)))
        larger.set(bytes.subarray(0, length))
        bytes = larger
      }
      bytes.set(piece, length)
      length = end
      return true
    },
    all: () => bytes.subarray(0, length),
  }
}
