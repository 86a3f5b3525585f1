/** A careless store: it keeps the very objects that it is given, and gives back the very objects that it keeps. */
import type { TokenEvent, TokenRecord, TokenStore } from 'plan-access-tokens'

export function referenceStore(): TokenStore {
  const records: TokenRecord[] = []
  const log: TokenEvent[] = []
  return {
    findByDigest: async (digest) => records.find((record) => record.secrets.some((secret) => secret.digest === digest)),
    find: async (id) => records.find((record) => record.id === id),
    list: async ({ planId, limit }) => records.filter((record) => record.planId === planId).slice(0, limit),
    commit: async (record, event) => {
      const at = records.findIndex((other) => other.id === record.id)
      if ((records[at]?.version ?? 0) !== record.version - 1) return false
      records.splice(at === -1 ? records.length : at, 1, record)
      log.push(Object.assign(event, { seq: log.length + 1 }))
      return true
    },
    events: async ({ planId, tokenId, after = 0, limit }) =>
      log
        .filter((event) => event.seq > after)
        .filter((event) => (planId ?? event.planId) === event.planId && (tokenId ?? event.tokenId) === event.tokenId)
        .slice(0, limit),
  }
}
