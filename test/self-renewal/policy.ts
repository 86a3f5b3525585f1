/** Figma's policy with a type whose tokens may renew themselves. */
import { definePolicy, type Policy } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'

const { data } = figmaPolicy({ selfRenewal: { afterPart: 0.5 } })

/** It, with another rule or other limits. */
export const renewing = (rule: object = {}, limits: object = {}): Policy =>
  definePolicy({
    ...data,
    limits: { ...data.limits, ...limits },
    types: { ...data.types, rest: { ...data.types.rest, selfRenewal: { afterPart: 0.5, ...rule } } },
  } as typeof data)

/** It, with half of a life. */
export const RENEWING: Policy = figmaPolicy({ selfRenewal: { afterPart: 0.5 } })
