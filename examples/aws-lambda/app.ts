/** An Express application in a function: guard and routes see the one target that the adapter made of the event. */
import express from 'express'
import { guard } from 'plan-access-tokens/express'
import serverless from 'serverless-http'
import { tokens } from './tokens.ts'

export const app = express()
app.use(guard(tokens))
app.get('/v1/files/:key', (request, response) => {
  response.json({ name: `File ${request.params.key}`, readBy: request.planToken?.token.name })
})

/** The function. With `@codegenie/serverless-express` it is `serverlessExpress({ app })`. */
export const handler = serverless(app)
