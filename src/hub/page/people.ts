/** The names of people, by the ids that tokens and the log have; learned from whatever the server has answered. */
import { isDictionary } from '../../core/objects.ts'
import { isSamePerson } from '../../core/pending.ts'
import { boot } from './hub.ts'

const names = new Map<string, string>()

/** Takes what an answer says of names. */
export function learnNames(answer: object): void {
  const { actors } = answer as { readonly actors?: unknown }
  if (!isDictionary(actors)) return
  for (const [id, name] of Object.entries(actors)) if (typeof name === 'string') names.set(id, name)
}

/** What a person is called; by the id, where the host says nothing. */
export const personOf = (id: string): string => names.get(id) ?? id

/** Whether an id is that of whoever is signed in. */
export const isMe = (id: string): boolean => isSamePerson(id, boot.actor)
