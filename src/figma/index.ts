/** Figma's rules: one complete policy for the engine, and the worked example of `definePolicy`. */
export type { LinkMistake, LinkReport, ParsedLink } from '../core/links.ts'
export { figmaErrors } from './errors.ts'
export { parseFigmaLink, parseFigmaLinks } from './links.ts'
export { type FigmaPolicyOptions, figmaPolicy } from './policy.ts'
