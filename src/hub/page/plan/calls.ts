/** Calls of the page's own routes that are about a plan (hub/plan/): its log, an export of it, and whose a secret is. */
import type { Expirations } from '../../plan/expirations.ts'
import type { LogExport, LogPage } from '../../plan/log-routes.ts'
import type { Whose } from '../../plan/whose.ts'
import { ask, checked, planPath } from '../api.ts'

/** What of a log is asked for: the words of its route. */
export interface LogQuery {
  readonly planId: string
  readonly type?: string
  readonly by?: string
  readonly tokenId?: string
  readonly from?: number
  readonly to?: number
  readonly after?: string
}

function inLog<T extends object>(
  path: string,
  { planId, ...query }: LogQuery & { readonly format?: string },
): Promise<T> {
  const said = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return ask<T>(planPath(planId, `${path}?${new URLSearchParams(said)}`))
}

export const planApi = {
  log: checked((query: LogQuery) => inLog<LogPage>('/log', query), ...(['events', 'names', 'moved'] as const)),
  exportLog: checked(
    (query: LogQuery & { readonly format: 'csv' | 'ndjson' }) => inLog<LogExport>('/log/export', query),
    ...(['text', 'count'] as const),
  ),
  expirations: checked((planId: string) => ask<Expirations>(planPath(planId, '/expirations')), 'months'),
  /** In the body, since an address is kept in many places. */
  whose: checked(
    (secret: string) => ask<Whose>('/whose', { method: 'POST', body: JSON.stringify({ secret }) }),
    ...(['token', 'secret'] as const),
  ),
}
