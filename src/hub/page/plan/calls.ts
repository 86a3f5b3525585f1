/** Calls of the page's own routes that are about a plan (hub/plan/): its log, an export of it, and whose a secret is. */
import { answerOf } from '../../../admin/client.ts'
import type { Expirations } from '../../plan/expirations.ts'
import type { LogExport, LogPage } from '../../plan/log-routes.ts'
import type { Whose } from '../../plan/whose.ts'
import { checked, send } from '../api.ts'
import { boot } from '../hub.ts'

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

const JSON_TYPE = 'application/json'

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const headers = { Accept: JSON_TYPE, ...(init.body != null && { 'Content-Type': JSON_TYPE }) }
  return answerOf<T>(await send(`${boot.base}/api${path}`, { ...init, headers }))
}

function inLog<T>(path: string, { planId, ...query }: LogQuery & { readonly format?: string }): Promise<T> {
  const said = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return ask<T>(`/plans/${encodeURIComponent(planId)}${path}?${new URLSearchParams(said)}`)
}

export const planApi = {
  log: checked((query: LogQuery) => inLog<LogPage>('/log', query), 'events', 'names'),
  exportLog: checked(
    (query: LogQuery & { readonly format: 'csv' | 'ndjson' }) => inLog<LogExport>('/log/export', query),
    ...(['text', 'count'] as const),
  ),
  expirations: checked(
    (planId: string) => ask<Expirations>(`/plans/${encodeURIComponent(planId)}/expirations`),
    'months',
  ),
  /** In the body, since an address is kept in many places. */
  whose: checked(
    (secret: string) => ask<Whose>('/whose', { method: 'POST', body: JSON.stringify({ secret }) }),
    ...(['token', 'secret'] as const),
  ),
}
