/** Figma's rules: one complete policy for the engine, and the worked example of `definePolicy`. */
export type { LinkMistake, LinkReport, ParsedLink } from '../core/links.ts'
export { figmaErrors } from './errors.ts'
export { type FigmaLimits, figmaLimits } from './limits.ts'
export { parseFigmaLink, parseFigmaLinks } from './parse.ts'
export { type FigmaPolicyOptions, type FigmaRoute, figmaPolicy } from './policy.ts'
export type { FigmaScope } from './scopes.ts'
