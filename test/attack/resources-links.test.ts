/** A directory that answers carelessly or not at all, what its answers give away, and attacks on links. */
import { figmaErrors, figmaPolicy, parseFigmaLink } from 'plan-access-tokens/figma'
import { expect } from 'vitest'
import { attacksOf } from './attack.ts'
import { denied, invalidAt, neverAllowed, shown } from './verdicts.ts'
import { A, input, never, world, Z } from './world.ts'

const attack = attacksOf('resources')

/** An answer as bytes. */
async function bytesOf(response: Response): Promise<unknown> {
  return [
    response.status,
    response.statusText,
    [...response.headers],
    [...new Uint8Array(await response.arrayBuffer())],
  ]
}

attack('c33', async () => {
  for (const policy of [figmaPolicy(), figmaPolicy({ errors: figmaErrors })]) {
    const w = await world({ policy: [policy] })
    for (const token of [w.ALL, w.ONE]) {
      const answers: unknown[] = []
      for (const place of [undefined, { planId: '2002', ancestors: [{ kind: 'project', id: '123' }] }]) {
        w.directory.replace.locate = () => place
        const denial = denied(await w.ask('GET /v1/files/Q', token), 'resource_not_in_plan')
        answers.push([denial.status, denial.message, { ...denial.headers }, await bytesOf(denial.response())])
      }
      expect(answers[1]).toEqual(answers[0])
    }
  }
})

attack('c34', async () => {
  const w = await world()
  const planId = '1001'
  const answers = [
    ...[{}, null, { planId: undefined }, { planId: 1001 }, { planId }, { planId, ancestors: null }],
    ...[undefined, true, planId, [planId], { planId: [planId], ancestors: [] }, { planId, ancestors: {} }],
    ...[
      { planId, ancestors: [null] },
      { planId, ancestors: [{ kind: 'project', id: 123 }] },
    ],
    ...[
      { planId, ancestors: 'project 123' },
      { planId, ancestors: [{ kind: 'project' }] },
    ],
  ]
  for (const answer of answers) {
    for (const given of [answer, Promise.resolve(answer)]) {
      w.directory.replace.locate = () => given
      neverAllowed(await w.ask(`GET /v1/files/${A}`, w.ONE), shown(answer))
      neverAllowed(await w.ask(`GET /v1/files/${A}`, w.ALL), shown(answer))
      const two = { dev_resources: [{ file_key: A }, { file_key: 'other' }] }
      neverAllowed(await w.ask('POST /v1/dev_resources', w.ONE, { body: two }), shown(answer))
    }
  }
})

attack('c35', async () => {
  const w = await world({ timeoutMs: 20 })
  const fails: readonly (readonly [string, () => unknown])[] = [
    ['rejects', () => Promise.reject(new Error('no route to host'))],
    ['rejects with nothing', () => Promise.reject()],
    [
      'throws',
      () => {
        throw new Error('no route to host')
      },
    ],
    ['never settles', never],
  ]
  for (const method of ['locate', 'plan'] as const) {
    for (const [what, fail] of fails) {
      w.directory.replace[method] = fail
      const denial = denied(await w.ask(`GET /v1/files/${A}`), 'unavailable', `${method} ${what}`)
      expect(denial.headers['Retry-After']).toMatch(/^[1-9][0-9]*$/)
      expect(denial.response().headers.get('Retry-After')).toBe(denial.headers['Retry-After'])
      const two = { dev_resources: [{ file_key: A }, { file_key: 'other' }] }
      denied(await w.ask('POST /v1/dev_resources', w.ALL, { body: two }), 'unavailable', `${method} ${what}, two`)
    }
    delete w.directory.replace[method]
  }
})

attack('c36', async () => {
  const w = await world()
  await invalidAt('resources[0]', w.tokens.create(input({ resources: ['https://figma.com/files/2002/project/123'] })))
  const foreign = await invalidAt(
    'resources[0]',
    w.tokens.create(input({ resources: [`https://figma.com/design/${Z}`] })),
  )
  const unknown = await invalidAt('resources[0]', w.tokens.create(input({ resources: ['https://figma.com/design/Q'] })))
  expect(foreign.issues).toEqual(unknown.issues)
  expect(foreign.message).toBe(unknown.message)
  expect(w.store.count('commit'), 'only ALL and ONE were written').toBe(2)
})

/** None of them is a link, neither read alone nor in a list, nor when a token is made. */
async function noneIsALink(links: readonly string[]): Promise<void> {
  const w = await world()
  for (const link of links) {
    const parsed = parseFigmaLink(link)
    expect(parsed.ok, JSON.stringify(link)).toBe(false)
    await invalidAt('resources[0]', w.tokens.create(input({ resources: [link] })), JSON.stringify(link))
  }
}

attack('c37', () =>
  noneIsALink([
    `https://\uff46igma.com/design/${A}`,
    `https://\ufb01gma.com/design/${A}`,
    `https://fig\u00adma.com/design/${A}`,
    `https://fig\tma.com/design/${A}`,
    `https:\\\\figma.com\\design\\${A}`,
    `https:figma.com/design/${A}`,
  ]),
)

attack('c38', () =>
  noneIsALink([
    `https://figma.com/design/${A}/../../files/1001/workspace/789`,
    'https://figma.com/design/%2e%2e/files/1001/team/456',
    `https://user@figma.com/design/${A}`,
    `https://figma.com@evil.com/design/${A}`,
    `https://figma.com:444/design/${A}`,
    `https://figma.com./design/${A}`,
    `https://figma.com.evil.com/design/${A}`,
    `https://evil.com/?https://figma.com/design/${A}`,
    `http://figma.com/design/${A}`,
  ]),
)

attack('c39', () =>
  noneIsALink(
    ['0x7b', '1e2', '+123', '123%20', '\uff11\uff12\uff13', '-1', '123abc'].map(
      (id) => `https://figma.com/files/1001/project/${id}`,
    ),
  ),
)
