/** The recipe for Prometheus, with the real prom-client. */
import { Registry } from 'prom-client'
import { beforeAll, expect, it } from 'vitest'
import { recipe } from './recipes.ts'
import { expectNothingSecret, type Hook, ROUTE, type Traffic, traffic } from './traffic.ts'

const registry = new Registry()
let output = ''
let sent: Traffic
beforeAll(async () => {
  const { countIn } = await recipe<{ countIn: (registry: Registry) => Hook }>('metrics.ts')
  sent = await traffic(countIn(registry))
  output = await registry.metrics()
})

/** The value of one line of the output. */
function figureOf(series: string): number | undefined {
  const line = output.split('\n').find((text) => text.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

it('counts every decision under its outcome and its route', () => {
  const counted = [...output.matchAll(/^plan_token_decisions_total\{.*outcome="(\w+)"\} (\d+)$/gm)]
  expect(Object.fromEntries(counted.map(([, outcome, count]) => [outcome, Number(count)]))).toEqual({
    allowed: 2,
    ...Object.fromEntries(sent.codes.flatMap((code) => (code === undefined ? [] : [[code, 1]]))),
  })
  expect(figureOf(`plan_token_decisions_total{surface="figma",route="${ROUTE}",outcome="allowed"}`)).toBe(2)
  expect(figureOf('plan_token_decisions_total{surface="figma",route="none",outcome="token_missing"}')).toBe(1)
})

it('times every decision in seconds, those that asked the store apart', () => {
  const name = 'plan_token_authorize_duration_seconds'
  const counts = ['store', 'none'].map((source) => figureOf(`${name}_count{surface="figma",source="${source}"}`) ?? 0)
  const sums = ['store', 'none'].map((source) => figureOf(`${name}_sum{surface="figma",source="${source}"}`) ?? 0)
  expect(Math.min(...counts, ...sums)).toBeGreaterThan(0)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(sent.codes.length)
  expect(sums.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(sent.seconds, 9)
})

it('has labels out of the policy only: no id, and nothing that is secret', () => {
  expectNothingSecret(output, sent)
  for (const id of [sent.tokenId, sent.w.ALL.token.planId]) expect(output).not.toContain(id)
})
