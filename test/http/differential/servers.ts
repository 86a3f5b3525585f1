/** Every server of the differential test, and servers with a mistake that it must find. */
import express from 'express'
import type { PlanTokens, RequestLike } from 'plan-access-tokens'
import type { Running } from '../support/site.ts'
import { express4, type Manner, startExpress, startKoa, startMountedAlone, startRewritten } from './express-koa.ts'
import { ADAPTERS, SOURCES, startLambda } from './lambda.ts'
import { startElysia, startH3 } from './middleware.ts'
import { startFastify, startFetch, startHono, startNode } from './others.ts'
import type { Run } from './runs.ts'

/** What a server is started with. */
export interface Setup {
  readonly tokens: PlanTokens
  readonly onRun: (run: Run) => void
}

/** A server. */
export interface Server {
  readonly name: string
  start(setup: Setup): Promise<Running>
}

const DEFAULT: Manner = { generous: false, before: 'nothing' }
const GENEROUS: Manner = { generous: true, before: 'nothing' }
const JSON_BEFORE: Manner = { generous: false, before: 'json' }
const PARSERS: readonly Manner[] = (['json', 'form', 'text', 'bytes'] as const).map((before) => ({
  generous: true,
  before,
}))

function inEach(
  name: string,
  manners: readonly Manner[],
  start: (setup: Setup, manner: Manner) => Promise<Running>,
): Server[] {
  return manners.map((manner) => {
    const { generous, before } = manner
    const parsed = before === 'nothing' ? '' : `, ${before} parsed before the guard`
    return { name: `${name}, ${generous ? 'generous' : 'default'}${parsed}`, start: (setup) => start(setup, manner) }
  })
}

const ALL = [DEFAULT, JSON_BEFORE, GENEROUS, ...PARSERS]

export const SERVERS: readonly Server[] = [
  ...inEach('express 5', ALL, (setup, manner) => startExpress(express, setup, manner)),
  ...inEach('express 4', ALL, (setup, manner) => startExpress(express4, setup, manner)),
  ...inEach('koa', ALL, startKoa),
  ...inEach('hono on Node', ALL, startHono),
  ...inEach('fastify', [DEFAULT, GENEROUS], startFastify),
  ...inEach('node:http with find-my-way', [DEFAULT, GENEROUS], startNode),
  {
    name: 'a router that takes a semicolon for a question mark',
    start: (setup) => startNode(setup, GENEROUS, { useSemicolonDelimiter: true }),
  },
  ...inEach('fetch with a router', [DEFAULT, GENEROUS], startFetch),
  ...inEach('elysia on Node', [DEFAULT, GENEROUS], startElysia),
  ...inEach('h3 on Node', [DEFAULT, GENEROUS], startH3),
  ...Object.keys(ADAPTERS).flatMap((adapter) =>
    SOURCES.flatMap((source) =>
      inEach(`express in ${adapter}, ${source}`, [DEFAULT, GENEROUS], (setup, manner) =>
        startLambda(adapter, source, setup, manner),
      ),
    ),
  ),
]

/** What the documents warn of, and what no guard can see: each must be found. */
export const MISTAKES: readonly Server[] = [
  { name: 'koa-mount around the guard alone', start: startMountedAlone },
  { name: 'a rewrite behind the guard', start: startRewritten },
  {
    name: 'a decide that judges the path in lower case',
    start: ({ tokens, onRun }) => {
      const decide: PlanTokens['decide'] = (request, options) =>
        tokens.decide(
          { ...(request as object as { headers: object }), ...lowered(request as RequestLike) } as never,
          options,
        )
      return startExpress(express, { tokens: { ...tokens, decide }, onRun }, GENEROUS)
    },
  },
  {
    name: 'a decide that takes any body',
    start: ({ tokens, onRun }) => {
      const decide: PlanTokens['decide'] = (request, options) =>
        tokens.decide({ ...(request as object), body: { team_id: '7', template: 'ABC' } } as never, options)
      return startExpress(express, { tokens: { ...tokens, decide }, onRun }, DEFAULT)
    },
  },
]

function lowered({ url, method }: { readonly url: string; readonly method: string }): object {
  return { method, url: url.toLowerCase().replace('/abc', '/ABC') }
}
