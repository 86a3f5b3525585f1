/** `func start` with this as its `main`: an Azure Function (programming model 4) that honours plan access tokens. */
import { app, type HttpHandler } from '@azure/functions'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/fetch'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'

// What your application knows: its plans, their admins, and what lies where. In a real deployment, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
export const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

// Take what was judged: the host's own `request.params` and `request.query` are another reading of the target.
const files = guard(
  tokens,
  (_request, { params, token }) => Response.json({ name: `File ${params.file_key}`, readBy: token.name }),
  { basePath: '/api' },
)
/** Azure's request has all that is asked of a `Request`. */
const handler = files as unknown as HttpHandler

// `anonymous`: who may call is said by the policy and not by a key of the function.
app.http('files', { route: 'v1/files/{file_key}', methods: ['GET'], authLevel: 'anonymous', handler })
