/** What only the guard for Koa does: an error goes on as the handler threw it, whatever its headers are. All guards: guards.test.ts. */
import { guard } from 'plan-access-tokens/koa'
import { expect, it } from 'vitest'
import { A, world } from '../attack/world.ts'

const throws = (): never => {
  throw new Error('another one')
}
const withHeaders = (descriptor: PropertyDescriptor): Error =>
  Object.defineProperty(new Error('mine'), 'headers', { configurable: true, ...descriptor })

/** The guard before a handler that does this, without Koa around it. */
async function guarded(next: () => unknown): Promise<unknown> {
  const w = await world()
  const req = { method: 'GET', url: `/v1/files/${A}`, rawHeaders: ['X-Figma-Token', w.ALL.secret] }
  const res = { headersSent: false, getHeader: () => undefined, setHeader: () => undefined }
  return guard(w.tokens)({ req, res, request: {}, state: {} } as never, next as () => Promise<unknown>)
}

it.each<[string, unknown]>([
  ['that cannot be changed', Object.freeze(new Error('mine'))],
  ['whose headers cannot be read', withHeaders({ get: throws })],
  ['whose headers cannot be set', withHeaders({ get: () => ({}), set: throws })],
  ['whose headers are those of Fetch', withHeaders({ value: new Headers({ 'X-Request-Id': '1' }), writable: true })],
  ['that is none', 'text'],
])('an error %s goes on as it is', async (_, error) => {
  const before = error instanceof Error && Object.getOwnPropertyDescriptor(error, 'headers')
  await expect(guarded(() => Promise.reject(error))).rejects.toBe(error)
  expect(error instanceof Error && Object.getOwnPropertyDescriptor(error, 'headers')).toEqual(before)
})

it('passes on what the next one gives, a promise or not', async () => {
  expect(await guarded(() => Promise.resolve('later'))).toBe('later')
  expect(await guarded(() => 'now')).toBe('now')
})
