/** What the tests of the Redis store share: failures that hold nothing secret, everything that a server keeps, waiting. */
import { inspect } from 'node:util'
import { StoreError } from 'plan-access-tokens'
import { expect } from 'vitest'
import { ask } from '../../support/redis.ts'
import type { Servers } from './clients.ts'

/** The error of a call that must fail; whatever it is, it holds no digest, no record and no script. */
export async function failureOf(call: Promise<unknown>): Promise<Error> {
  const outcome = await call.then(
    (answer) => new Error(`Expected a failure and got ${inspect(answer)}`),
    (thrown: unknown) => thrown,
  )
  expect(outcome).toBeInstanceOf(Error)
  expect(inspect(outcome, { depth: 9, showHidden: true })).not.toMatch(/digest-|"scopes"|redis\.call/)
  return outcome as Error
}

/** The code of the StoreError with which a call fails, or its name and message if it is another error. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await failureOf(call)
  return error instanceof StoreError ? error.code : `${error.name}: ${error.message}`
}

/** Every key of every server with its contents. */
export async function contentsOf({ nodes }: Pick<Servers, 'nodes'>): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for (const node of nodes)
    await ask(node, async (client) => {
      for (const key of await client.keys('*'))
        all[key] =
          (await client.type(key)) === 'hash'
            ? JSON.stringify(Object.entries(await client.hgetall(key)).toSorted())
            : (await client.dumpBuffer(key))!.toString('hex')
    })
  return all
}

/** Asks again and again, for what tells nobody when it has happened. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10))
}
