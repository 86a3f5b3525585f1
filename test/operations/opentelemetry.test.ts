/** The recipe for OpenTelemetry, with the real SDKs and their exporters in memory. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { inspect } from 'node:util'
import {
  type Context,
  type ContextManager,
  context,
  type Meter,
  ROOT_CONTEXT,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recipe } from './recipes.ts'
import { expectNothingSecret, type Hook, type Traffic, traffic } from './traffic.ts'

/** As `@opentelemetry/context-async-hooks` has it: the active context follows the asynchronous calls. */
function contextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>()
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...args) => storage.run(active, () => work.apply(self, args)),
    bind: (active, target) =>
      typeof target === 'function'
        ? (((...args: unknown[]) => storage.run(active, () => target(...args))) as never)
        : target,
    enable: () => manager,
    disable: () => manager,
  }
  return manager
}

const spans = new InMemorySpanExporter()
const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 2 ** 30 })
const meters = new MeterProvider({ readers: [reader] })

let sent: Traffic
let parent: ReadableSpan
let made: readonly ReadableSpan[] = []
let metrics: readonly MetricData[] = []
beforeAll(async () => {
  const { traceTo, measureTo } = await recipe<{ traceTo: (t: Tracer) => Hook; measureTo: (m: Meter) => Hook }>(
    'telemetry.ts',
  )
  context.setGlobalContextManager(contextManager())
  const tracer = tracers.getTracer('test')
  const hooks = [traceTo(tracer), measureTo(meters.getMeter('test'))]
  const request = tracer.startSpan('GET')
  sent = await context.with(trace.setSpan(context.active(), request), () =>
    traffic((info) => {
      for (const hook of hooks) hook(info)
    }),
  )
  request.end()
  await meters.forceFlush()
  const finished = spans.getFinishedSpans()
  made = finished.slice(0, -1)
  parent = finished.at(-1) as ReadableSpan
  metrics = points.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? []
})
afterAll(async () => {
  context.disable()
  await Promise.all([tracers.shutdown(), meters.shutdown()])
})

const spanOf = (code: string) => made.find(({ attributes }) => attributes['error.type'] === code)

describe('the spans', () => {
  it('are one for each decision, below the span of the request', () => {
    expect(made.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual(
      sent.codes.map((code) => ['plan_token.authorize', code]),
    )
    const { traceId, spanId } = parent.spanContext()
    for (const span of made) expect([span.spanContext().traceId, span.parentSpanId]).toEqual([traceId, spanId])
  })

  it('say whose token it was, and for which route', () => {
    expect(made[0]?.attributes).toEqual({
      'plan_token.surface': 'figma',
      'http.request.method': 'GET',
      'http.route': '/v1/files/{file_key}',
      'plan_token.source': 'store',
      'plan_token.id': sent.tokenId,
      'plan_token.plan_id': '1001',
      'plan_token.type': 'rest',
    })
    expect(spanOf('token_missing')?.attributes).toEqual({
      'plan_token.surface': 'figma',
      'error.type': 'token_missing',
      'http.response.status_code': 401,
    })
  })

  it('last as long as the decisions took', () => {
    const took = made.map(({ duration: [seconds, nanoseconds] }) => seconds + nanoseconds / 1e9)
    expect(took.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(sent.seconds, 4)
  })

  it('are errors only where the server is at fault, with the kind of the failure', () => {
    const faulty = made.filter(({ status }) => status.code !== SpanStatusCode.UNSET)
    expect(faulty).toEqual([spanOf('unavailable')])
    expect(faulty[0]?.status.code).toBe(SpanStatusCode.ERROR)
    expect(faulty[0]?.events[0]?.attributes).toMatchObject({ 'exception.type': 'unavailable' })
  })

  it('hold nothing that is secret', () => {
    const shown = made.map(({ attributes, status, events, name }) => ({ attributes, status, events, name }))
    expectNothingSecret(inspect(shown, { depth: 12 }), sent)
  })
})

describe('the metrics', () => {
  const metricOf = (name: string) => metrics.find(({ descriptor }) => descriptor.name === name)

  it('count every decision by code and route', () => {
    const metric = metricOf('plan_token.decisions')
    expect(metric?.descriptor.unit).toBe('{decision}')
    const counts = (metric?.dataPoints ?? []) as readonly DataPoint<number>[]
    expect(counts.map(({ attributes, value }) => [attributes['error.type'], value]).toSorted()).toEqual(
      [[undefined, 2], ...sent.codes.flatMap((code) => (code === undefined ? [] : [[code, 1]]))].toSorted(),
    )
  })

  it('time every decision in seconds, in buckets that tell microseconds apart', () => {
    const metric = metricOf('plan_token.authorize.duration')
    expect(metric).toMatchObject({ descriptor: { unit: 's' }, dataPointType: DataPointType.HISTOGRAM })
    const values = ((metric?.dataPoints ?? []) as readonly DataPoint<Histogram>[]).map(({ value }) => value)
    expect(values.reduce((sum, { count }) => sum + count, 0)).toBe(sent.codes.length)
    expect(values.reduce((total, { sum = Number.NaN }) => total + sum, 0)).toBeCloseTo(sent.seconds, 9)
    expect(values[0]?.buckets.boundaries[0]).toBeLessThan(0.001)
  })

  it('are labelled by words of the policy only: no id, and nothing that is secret', () => {
    const output = inspect(metrics, { depth: 12 })
    expectNothingSecret(output, sent)
    for (const id of [sent.tokenId, sent.w.ALL.token.planId]) expect(output).not.toContain(id)
  })
})
