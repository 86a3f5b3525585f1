/** `plan-access-tokens/authorizer`: what answers requests and manages nothing, for edge workers and processes that only judge. */
export { type Authorizer, createAuthorizer } from '../service/create-authorizer.ts'
export type { AuthorizerOptions } from '../service/options.ts'
