/** `plan-access-tokens/hub`: the page where plan admins manage tokens, and its API, as one Fetch handler. */
export type { HubParts } from './document.ts'
export { type HubHandler, hubHandler } from './handler.ts'
export { acceptLanguage, HUB_LANGUAGES } from './language.ts'
export type { HubAddress, HubOptions, HubPlan } from './options.ts'
export { HUB_TEXTS, type HubTexts, type PluralText } from './texts/index.ts'
