/** `--serve`: the guarded server with the real clock, and lines to paste into a shell. Tokens are not managed over HTTP. */
import type { DecisionInfo } from 'plan-access-tokens'
import { createTokens } from './engine.ts'
import { showWhatWasRead } from './handler.ts'
import { ADMIN, createOrganization, LINKS, PLAN } from './organization.ts'
import type { Printer } from './print.ts'
import { listen } from './server.ts'

/** What to try: the outcome, and what follows `curl -i` and the address. */
const LINES: readonly (readonly [outcome: string, credential: string, target: string])[] = [
  ['200: the file is on the list', '"X-Figma-Token: $TOKEN"', '/v1/files/ABCDEFG123'],
  ['200: it lies in workspace 789, which is on the list', '"Authorization: Bearer $TOKEN"', '/v1/files/CHECKOUT01'],
  ['401 token_missing', '', '/v1/files/ABCDEFG123'],
  ['401 token_malformed: one character too many', '"X-Figma-Token: x$TOKEN"', '/v1/files/ABCDEFG123'],
  ['401 token_revoked', '"X-Figma-Token: $REVOKED"', '/v1/files/ABCDEFG123'],
  ['400 request_malformed: an empty part in the path', '"X-Figma-Token: $TOKEN"', '/v1//files/ABCDEFG123'],
  ['403 endpoint_not_supported', '"X-Figma-Token: $TOKEN"', '/v1/me'],
  ['403 scope_missing: out of scope', '"X-Figma-Token: $TOKEN"', '/v1/files/ABCDEFG123/comments'],
  ['403 resource_not_in_plan: a file of another plan', '"X-Figma-Token: $TOKEN"', '/v1/files/GLOBEX2026'],
  ['403 resource_not_allowed: not on the list', '"X-Figma-Token: $TOKEN"', '/v1/files/ROADMAP2027'],
]

/** Serves until it is told to stop. */
export async function serve(print: Printer, stopped: Promise<unknown>): Promise<void> {
  const { directory } = createOrganization()
  const tokens = createTokens(directory, { onDecision: (info) => print.lines([logLine(info)]) })
  const site = await listen(tokens, showWhatWasRead)
  const input = {
    actor: ADMIN,
    planId: PLAN,
    type: 'rest',
    lifetimeDays: 1,
    scopes: ['file_content:read', 'projects:read'],
    resources: Object.values(LINKS),
  } as const
  const { secret } = await tokens.create({ ...input, name: 'To try' })
  const revoked = await tokens.create({ ...input, name: 'Revoked' })
  await tokens.revoke({ actor: ADMIN, id: revoked.token.id })

  print.title(`Serving at ${site.address}`)
  print.say('Two secrets, shown this once. The first one works for a day, or until this server stops:')
  print.lines(['', `export TOKEN=${secret.reveal()}`, `export REVOKED=${revoked.secret.reveal()}`, ''])
  print.say('Requests to try, each with the answer that it gets:')
  for (const [outcome, credential, target] of LINES) {
    print.lines(['', `# ${outcome}`, `curl -i ${credential && `-H ${credential} `}${site.address}${target}`])
  }
  print.title('Decisions, as they are made (stop with Ctrl-C)')
  await stopped
  await site.close()
  await tokens.close()
  print.summary('Stopped.', 'passed')
}

function logLine({ status, code, route }: DecisionInfo): string {
  return `${new Date().toISOString().slice(11, 19)}  ${status} ${(code ?? 'allowed').padEnd(24)}${route ?? '-'}`
}
