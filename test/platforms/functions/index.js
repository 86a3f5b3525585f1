/** An Express application in Google's Functions Framework, which reads every body before it calls it. */
import express from 'express'
import { toNode } from 'plan-access-tokens/admin'
import { guard } from 'plan-access-tokens/express'
import { admin, answer, tokens } from './tokens.js'

const manage = toNode(admin)
export const api = express()
api.use((request, response, next) => (request.url.startsWith('/admin/') ? manage(request, response) : next()))
api.use(guard(tokens))

/** The body as the framework has kept it. */
const handle = async (request, response) => {
  const text = async () => request.rawBody?.toString() ?? ''
  const answered = await answer({ text }, request.planToken, request.params.file_key)
  response
    .status(answered.status)
    .type('json')
    .send(await answered.text())
}
api.get('/v1/files/:file_key', handle)
api.all('/{*rest}', handle)
