/** How a token comes to be: made by one admin, or where another has to approve, asked for, approved and collected; and a wider edit there. */
import type { Issued, Requested } from 'plan-access-tokens'
import { ADMIN, type Host, PLAN, SECOND_ADMIN } from './deployment.ts'

/** What one admin makes, or asks for. */
export const requested = ({ tokens }: Pick<Host, 'tokens'>): Promise<Issued | Requested> =>
  tokens.create({
    ...{ actor: ADMIN, planId: PLAN, type: 'rest', name: 'a token', lifetimeDays: 1 },
    ...{ scopes: ['read', 'write'], resources: 'all' },
  })

/** The same, and where it waits, another approves it and the first collects. One process does all of it: with its crash, it is over. */
export async function issued({ tokens }: Pick<Host, 'tokens'>): Promise<Issued> {
  const { token, secret } = await requested({ tokens })
  if (secret) return { token, secret }
  await tokens.approve({ actor: SECOND_ADMIN, id: token.id })
  return tokens.collect({ actor: ADMIN, id: token.id })
}

/** An edit that narrows a token, and one that widens it and so waits. */
export async function widened({ tokens }: Pick<Host, 'tokens'>, id: string) {
  await tokens.edit({ actor: ADMIN, id, scopes: ['read'] })
  return tokens.edit({ actor: ADMIN, id, scopes: ['read', 'write'] })
}
