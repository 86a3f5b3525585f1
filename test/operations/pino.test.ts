/** The recipe for pino, with the real pino. */
import { type Logger, pino } from 'pino'
import { beforeAll, expect, it } from 'vitest'
import { A } from '../attack/world.ts'
import { recipe } from './recipes.ts'
import { expectNothingSecret, type Hook, ROUTE, type Traffic, traffic } from './traffic.ts'

interface Line {
  readonly level: number
  readonly [field: string]: unknown
}

const { info, warn, error } = pino.levels.values

let output = ''
let lines: readonly Line[] = []
let sent: Traffic
beforeAll(async () => {
  const { logTo } = await recipe<{ logTo: (logger: Logger) => Hook }>('log.ts')
  const stream = {
    write(text: string) {
      output += text
    },
  }
  sent = await traffic(logTo(pino({}, stream)))
  lines = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
})

it('writes one line for each decision, with its code and the level that fits', () => {
  expect(lines.map(({ code, level }) => [code, level])).toEqual(
    sent.codes.map((code) => [code, code === undefined ? info : code === 'unavailable' ? error : warn]),
  )
})

it('writes whose token it was, for which route, and whether the secret was replaced', () => {
  const shared = { msg: 'decision', surface: 'figma', allowed: true, status: 200, planId: '1001', tokenType: 'rest' }
  expect(lines[0]).toMatchObject({ ...shared, tokenId: sent.tokenId, route: ROUTE, source: 'store' })
  expect(lines[0]).toMatchObject({ secretWorksUntil: null, durationMs: expect.any(Number) })
  expect(lines[1]).toMatchObject({ ...shared, secretWorksUntil: expect.any(Number) })
})

it('writes of a failure what kind it was', () => {
  const failed = lines.find(({ code }) => code === 'unavailable')
  expect(failed).toMatchObject({ err: { type: 'PlanTokenError', code: 'unavailable' }, cause: { name: 'Error' } })
})

it('writes nothing that is secret, and no path that was sent', () => {
  expectNothingSecret(output, sent)
  expect(output).not.toContain(A)
})
