/** Ids of tokens and events. */
import { drawText, type Random } from '../core/new-secret.ts'

/** A new id: 22 characters of base62, 130 bits. */
export function newId(random: Random): string {
  return drawText(22, random)
}
