/** Reads links of figma.com, for forms that check them as one types. The shapes: figma/links.ts; other hosts: figma/policy.ts. */
import type { LinkReport, ParsedLink } from '../core/links.ts'
import { figmaPolicy } from './policy.ts'

const FIGMA = /* @__PURE__ */ figmaPolicy()

/**
 * Reads what a person pastes: links with commas, line ends or spaces between them. Gives every resource and every mistake
 * with its place, all at once. Takes time linear in the text. The hosts are `figma.com` and `www.figma.com`: a policy that was
 * made with other `hosts` has `parseLinks` of its own.
 *
 * @example
 * parseFigmaLinks('https://figma.com/design/ABC, https://figma.com/files/1/team/x')
 * // { resources: [{ kind: 'file', id: 'ABC', link }], mistakes: [{ link, start: 30, end: 62, code: 'link_bad_id', message }] }
 */
export function parseFigmaLinks(text: string): LinkReport {
  return FIGMA.parseLinks(text)
}

/** Reads one link. A missing `https://`, letter case of the host, a title, a query and a fragment mean nothing. */
export function parseFigmaLink(url: string): ParsedLink {
  return FIGMA.parseLink(url)
}
