/** `rules`: what a plan's organization allows its tokens, narrower than the policy. */
import type { Session } from '../session.ts'
import { showTable } from '../show.ts'

/** Flags of `rules`. */
export interface RulesOptions {
  readonly plan: string
}

export async function rules({ io, source }: Session, { plan }: RulesOptions): Promise<void> {
  const found = await (await source()).rules({ planId: plan })
  if (io.json) {
    io.data(JSON.stringify(found))
    return
  }
  const rows = Object.entries(found).map(([rule, value]) => [
    rule,
    Array.isArray(value) ? value.join(', ') : String(value),
  ])
  showTable(io, ['rule', 'value'], rows, 'The plan has no rules of its own.')
}
