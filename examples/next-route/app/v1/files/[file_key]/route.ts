/** `GET /v1/files/{file_key}`, as a route handler of Next.js. */
import { guard } from 'plan-access-tokens/fetch'
import { tokens } from '../../../../tokens.ts'

/** What Next.js hands over besides the request. */
interface Context {
  readonly params: Promise<{ readonly file_key: string }>
}

export const GET = guard(tokens, async (_request, planToken, context: Context) => {
  const { file_key } = await context.params
  return Response.json({ name: `File ${file_key}`, readBy: planToken.token.name })
})
