/** Mistakes that one process cannot see: what a store keeps for itself while others write. Found where `another` is given. */
import type { TokenRecord, TokenStore } from 'plan-access-tokens'
import { append, eventsOf, fits, put } from './plain-store.ts'
import { pause, plantedInProcesses } from './planted-store.ts'

const AT_ONCE = 'every method sees a commit as soon as it was answered, also what it was asked for just before'
const CHANGES = 'exactly one of 20 changes of one version at the same moment is taken, and its event with it'
const SEQ = 'seq is a positive whole number that grows with every commit, whatever the dates say'
const BOUND = 'bound starts at 0, is raised to what is asked for, returns the larger one and never falls'
const USES = 'lastUse gives the newest use of each secret of each token that is asked for, and of no other'
const WAKES = 'watch wakes after a commit'

export const MISTAKEN_PROCESSES = [
  plantedInProcesses(
    'keeps records in each process until it changes them itself',
    AT_ONCE,
    'still lets the token through',
    (_, right) => {
      const kept = new Map<string, TokenRecord>()
      return {
        async find(id) {
          const found = kept.get(id) ?? (await right.find(id))
          if (found) kept.set(id, found)
          return structuredClone(found)
        },
        async commit(record, event) {
          kept.delete(record.id)
          return right.commit(record, event)
        },
      }
    },
  ),
  plantedInProcesses(
    'keeps the log in each process and adds what it writes itself',
    AT_ONCE,
    'events',
    (data, right) => {
      let kept: typeof data.log | undefined
      return {
        async events(query) {
          kept ??= structuredClone(data.log)
          return structuredClone(eventsOf(kept, query))
        },
        async commit(record, event) {
          const answer = await right.commit(record, event)
          const last = data.log.at(-1)
          if (answer && last) kept?.push(structuredClone(last))
          return answer
        },
      }
    },
  ),
  plantedInProcesses('locks within one process', CHANGES, 'instead of exactly one', (data) => {
    let queue: Promise<unknown> = Promise.resolve()
    const locked: TokenStore['commit'] = async (record, event) => {
      if (!fits(data, record)) return false
      await pause()
      put(data, record)
      append(data, event)
      return true
    }
    return {
      commit(record, event) {
        const answer = queue.then(() => locked(record, event))
        queue = answer.catch(() => undefined)
        return answer
      },
    }
  }),
  plantedInProcesses('counts seq in each process', SEQ, 'no larger whole number', (data) => {
    let seq = 0
    return {
      async commit(record, event) {
        if (!fits(data, record)) return false
        put(data, record)
        append(data, event, ++seq)
        return true
      },
    }
  }),
  plantedInProcesses('keeps the bound in each process', BOUND, 'waits too short a time', () => {
    let boundMs = 0
    return {
      async bound(atLeastMs) {
        boundMs = Math.max(boundMs, atLeastMs)
        return boundMs
      },
    }
  }),
  plantedInProcesses('keeps uses in each process', USES, 'looks unused', (_, right) => {
    const own = new Set<string>()
    return {
      async recordUse(uses) {
        for (const { tokenId, digest, at } of uses) own.add(`${tokenId} ${digest} ${at}`)
        return right.recordUse(uses)
      },
      lastUse: async (ids) =>
        (await right.lastUse(ids)).filter(({ tokenId, digest, at }) => own.has(`${tokenId} ${digest} ${at}`)),
    }
  }),
  plantedInProcesses('wakes for its own commits alone', WAKES, 'No wake came', (_, right) => {
    const wakes = new Set<() => void>()
    return {
      watch(wake) {
        wakes.add(wake)
        return () => {
          wakes.delete(wake)
        }
      },
      async commit(record, event) {
        const answer = await right.commit(record, event)
        for (const wake of wakes) wake()
        return answer
      },
    }
  }),
]
