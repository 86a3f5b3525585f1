/** examples/durable-object on workerd: tokens in the SQLite of a Durable Object, judged there for the worker in front. */
import { createAdminClient } from 'plan-access-tokens/admin'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleWorker, startWorkerd, type Workerd } from '../support/workerd.ts'

describe('examples/durable-object', () => {
  let workerd: Workerd
  beforeAll(async () => {
    workerd = await startWorkerd(await bundleWorker('examples/durable-object/worker.ts'), 'TOKENS')
  })
  afterAll(() => workerd?.stop())
  const read = async (secret: string, file = 'LANDING') => {
    const response = await fetch(`${workerd.url}/v1/files/${file}`, { headers: { 'X-Figma-Token': secret } })
    return { status: response.status, body: await response.json() }
  }
  const client = () =>
    createAdminClient({ baseUrl: `${workerd.url}/admin`, headers: { 'x-session': 'ada', origin: workerd.url } })
  const create = () =>
    client().create({
      ...{ planId: '1001', type: 'rest', name: 'Nightly export', lifetimeDays: 30 },
      ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
    })

  it('judges requests in the object, and answers them in the worker in front', async () => {
    const { secret } = await create()
    expect(await read(secret)).toEqual({ status: 200, body: { file: '/v1/files/LANDING', readBy: 'Nightly export' } })
    expect(await read(secret, 'ROADMAP')).toMatchObject({ status: 403, body: { code: 'resource_not_allowed' } })
    expect(await read(`${secret.slice(0, -1)}_`)).toMatchObject({ status: 401 })
  })

  it('refuses a revoked secret with the next request', async () => {
    const { token, secret } = await create()
    expect((await read(secret)).status).toBe(200)
    await client().revoke({ id: token.id })
    expect(await read(secret)).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
  })

  it('keeps its tokens where the object is started anew', async () => {
    const { secret } = await create()
    await workerd.restart()
    expect((await read(secret)).status).toBe(200)
  })
})
