/** What tests of a policy need, in whatever runner: a clock, a directory, requests, tokens in each state. */
export { type TestClock, testClock } from './clock.ts'
export { type ResourceTree, type TestDirectory, type TestPlan, testDirectory } from './directory.ts'
export { type ReachOptions, withReach } from './reach.ts'
export { expectAllowed, expectDenied, requestWith, type TestRequestOptions } from './requests.ts'
export { type TokensInEachState, tokensInEachState } from './states.ts'
export { type StoreContractCase, type StoreContractOptions, storeContract } from './store-contract.ts'
