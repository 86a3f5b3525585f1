/** Pages that list the fields of something list all of them, and no other. */
import { readFileSync } from 'node:fs'
import type { DecisionInfo } from 'plan-access-tokens'
import type { AdminApiConfig, EngineConfig, StoreConfig } from 'plan-access-tokens/config'
import { expect, it } from 'vitest'
import { ROOT, readPage } from './markdown.ts'

/** The compiler keeps these lists whole. */
const DECISION = {
  ...{ surface: 1, allowed: 1, code: 1, reason: 1, wouldRefuse: 1, address: 1, status: 1, tokenId: 1, canary: 1 },
  ...{ planId: 1, tokenType: 1, route: 1, limit: 1, secretWorksUntil: 1, error: 1, source: 1, durationMs: 1 },
} satisfies Record<keyof DecisionInfo, 1>
const CONFIG = {
  ...{
    policy: 1,
    store: 1,
    directory: 1,
    legacy: 1,
    limits: 1,
    canaries: 1,
    usage: 1,
    tokens: 1,
    adminApi: 1,
    actor: 1,
    sql: 1,
  },
  ...{ database: 1, basePath: 1, app: 1, exists: 1, freshnessMs: 1, gateway: 1, outboxes: 1, close: 1 },
} satisfies Record<keyof EngineConfig | keyof StoreConfig | keyof AdminApiConfig, 1>

it.each([
  ['docs/operations.md', 'What onDecision carries', DECISION],
  ['docs/cli.md', 'The configuration', CONFIG],
])('%s, %s', (file, heading, fields) => {
  const table = readPage(file, readFileSync(ROOT + file, 'utf8')).tables.find((one) => one.heading === heading)
  const shown = (table?.rows ?? []).flatMap(([cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(shown.sort()).toEqual(Object.keys(fields).sort())
})
