/** The world of the tests of limits: Figma's policy, rules, and a limiter whose takes are on record. */
import type { PlanTokensOptions } from 'plan-access-tokens'
import { type RateLimiter, type RequestLimitsOptions, requestLimits, type Take } from 'plan-access-tokens/limits'
import { memoryLimiter } from 'plan-access-tokens/limits/memory'
import { requestWith } from 'plan-access-tokens/testing'
import { type FigmaPolicy, newWorld } from '../support/world.ts'

export const FILE = 'GET /v1/files/FileA'
export const FILES = 'GET /v1/files/{file_key}'

/** A limiter that writes down what is asked of it. */
function recorded(limiter: RateLimiter = memoryLimiter()) {
  const takes: Take[] = []
  const looks: Take[] = []
  const port: RateLimiter = {
    take(take) {
      takes.push(take)
      return limiter.take(take)
    },
    ...(limiter.look && {
      look(take: Take) {
        looks.push(take)
        return limiter.look!(take)
      },
    }),
  }
  return { port, takes, looks }
}

/** A world with limits. */
export function limitedWorld(
  limits: Partial<RequestLimitsOptions>,
  options: Partial<PlanTokensOptions<FigmaPolicy>> = {},
) {
  const { port, takes, looks } = recorded(limits.limiter)
  const world = newWorld({
    ...options,
    limits: requestLimits({ whenUnavailable: 'deny', rules: [ALL], ...limits, limiter: port }),
  })
  /** The decision on a request. */
  const decide = (secret: string, line = FILE) => world.tokens.authorize(requestWith(secret, line))
  return { ...world, decide, takes, looks }
}

/** Two requests a minute for each token. */
export const ALL = { name: 'all', requests: 2, perSeconds: 60 }
