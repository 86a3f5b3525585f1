/** The table of overrides: which operation each entry is for, and that its endpoints are such as a policy can hold. */
import { checkMeaning } from '../core/policy-check.ts'
import type { PolicyData } from '../core/policy-data.ts'
import { compileNames } from '../core/policy-names.ts'
import type { Tell } from '../core/setup.ts'
import { didYouMean } from '../core/suggest.ts'
import type { Override } from './endpoint.ts'
import type { Operation } from './operations.ts'
import type { OpenApiOverrides } from './overrides.ts'

/** The entries of the table by their operations. Tells of those that are for none, or for more than one. */
export function tableOf(
  { endpoints = {} }: OpenApiOverrides,
  operations: readonly Operation[],
  tell: Tell,
): ReadonlyMap<Operation, Override> {
  const named = new Map<string, Operation[]>()
  for (const operation of operations) {
    const { operationId } = operation.object
    for (const name of new Set([operation.route, ...(operationId === undefined ? [] : [operationId])]))
      named.set(name, [...(named.get(name) ?? []), operation])
  }
  const table = new Map<Operation, Override>()
  for (const [key, value] of Object.entries(endpoints)) {
    const [operation, another] = named.get(key) ?? []
    const other = operation && table.get(operation)
    if (!operation) tell(['endpoints', key], `is no operation of the document.${didYouMean(key, named.keys())}`)
    else if (another) tell(['endpoints', key], 'is the operationId of more than one operation. Write its route.')
    else if (operation.leftOut) tell(['endpoints', key], `cannot be in a policy. ${operation.leftOut.message}`)
    else if (other) tell(['endpoints', key], `is the operation of "${other.key}" too.`)
    else table.set(operation, { key, value })
  }
  return table
}

/** Tells of what a policy would refuse in an endpoint, at the place of whoever said it. */
export function checkEndpoints(
  data: PolicyData,
  operations: readonly Operation[],
  table: ReadonlyMap<Operation, Override>,
  isClean: () => boolean,
  tell: Tell,
): void {
  const byRoute = new Map(operations.map((operation) => [operation.route, operation]))
  const placed: Tell = (at, message) => {
    const [section, route, ...rest] = at
    const operation = byRoute.get(String(route))
    // What is said of other sections depends on endpoints that may not be reviewed yet: definePolicy tells it.
    if (section !== 'endpoints' || !operation) return
    const override = table.get(operation)
    if (override) tell(['endpoints', override.key, ...rest], message)
    // An extension or a rule that names what does not exist has been told of.
    else if (isClean()) tell(['document', ...operation.at], message)
  }
  checkMeaning({ data, issues: [], parts: { types: {}, endpoints: {} } }, placed)
  for (const operation of operations) {
    const endpoint = data.endpoints[operation.route]
    if (!endpoint) continue
    compileNames(endpoint.names, operation.params, (at, message) =>
      placed(['endpoints', operation.route, 'names', ...at], message),
    )
  }
}
