/** docs/errors.md has a section for every code, in the order of the tables, and shows the answers that a server really gives. */
import { readFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { MANAGEMENT_ERRORS, PlanTokenError, REFUSALS, type StoreProblem } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { MALFORMED, type MalformedReason, sentenceOf } from '../../src/core/malformed.ts'
import { everyRefusal } from '../attack/refusals.ts'
import { ROOT, readPage } from './markdown.ts'

const FILE = 'docs/errors.md'

/** Headers that the page tells once for all refusals. */
const SHARED = ['Content-Type', 'Cache-Control', 'Vary']

/** A heading whose text is one code, and what stands below it. */
interface Section {
  readonly code: string
  readonly text: string
}

/** The parts of a text that begin with a heading of a level. */
function partsOf(text: string, level: string): readonly { readonly heading: string; readonly text: string }[] {
  return text
    .split(new RegExp(`^${level} `, 'm'))
    .slice(1)
    .map((part) => ({ heading: part.slice(0, part.indexOf('\n')), text: part.slice(part.indexOf('\n')) }))
}

const chapters = partsOf(readFileSync(ROOT + FILE, 'utf8'), '##')

/** The sections of a chapter. A heading that is no code is kept as it is, so that it is found. */
function sectionsOf(chapter: string): readonly Section[] {
  const text = chapters.find(({ heading }) => heading === chapter)?.text ?? ''
  return partsOf(text, '###').map((part) => ({
    code: /^`(\w+)`$/.exec(part.heading)?.[1] ?? part.heading,
    text: part.text,
  }))
}

const refusals = sectionsOf('Refusals of a request')
const managementErrors = sectionsOf('Errors of a management call')

/** The one `http` block of a section: status line, header lines, and what its body means. */
function shownIn({ code, text }: Section) {
  const [block, ...more] = readPage(code, text).blocks.filter(({ lang }) => lang === 'http')
  expect(more).toEqual([])
  const [head = '', ...body] = (block?.code ?? '').split('\n\n')
  const [statusLine, ...headers] = head.split('\n')
  return { statusLine, headers, body: JSON.parse(body.join('\n\n')) as unknown }
}

describe('the sections of docs/errors.md', () => {
  it('are the refusals, in the order of the questions', () => {
    expect(refusals.map(({ code }) => code)).toEqual(Object.keys(REFUSALS))
  })

  it('are the management errors', () => {
    expect(managementErrors.map(({ code }) => code)).toEqual(Object.keys(MANAGEMENT_ERRORS))
  })

  it.each([...refusals, ...managementErrors])('$code: says why, and what client and operator do', ({ text }) => {
    for (const word of ['Why', 'Client', 'Operator'])
      expect(text).toMatch(new RegExp(`^\\*\\*${word}\\.\\*\\* \\S`, 'm'))
  })
})

it('shows of each refusal the answer that a server gives', async () => {
  const { w, refusals: requests } = await everyRefusal()
  expect(requests).toHaveLength(refusals.length)
  for (const { code, request } of requests) {
    const decision = await w.tokens.authorize(request)
    if (decision.allowed) throw new Error(`${code} was allowed`)
    const { status, headers, body } = decision.rendered()
    const own = Object.entries(headers).filter(([name]) => !SHARED.includes(name))
    // What the page tells once of Figma's policy.
    const { err, message, ...shown } = JSON.parse(body)
    expect([err, message]).toEqual([shown.detail, shown.detail])
    expect(shownIn(refusals.find((section) => section.code === code) as Section), code).toEqual({
      statusLine: `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      headers: own.map(([name, value]) => `${name}: ${value}`),
      body: shown,
    })
    expect(headers).toMatchObject({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
    expect(JSON.parse(body)).toMatchObject({ type: `urn:plan-access-tokens:error:${code}`, ...titleOf(code) })
  }
})

const titleOf = (code: keyof typeof REFUSALS) => ({ title: REFUSALS[code].title, status: REFUSALS[code].status })

it.each(managementErrors)('tells of the management error $code its status and title', ({ code, text }) => {
  const { status, message } = new PlanTokenError(code as keyof typeof MANAGEMENT_ERRORS)
  expect(text.trimStart().split('\n')[0]).toBe(`${status}: ${message}`)
})

it('has a row for every cause of a malformed request, with its sentence', () => {
  const text = refusals.find(({ code }) => code === 'request_malformed')?.text ?? ''
  const [table] = readPage(FILE, text).tables
  const place = { at: 9, source: 'query:context_id' }
  const sentences = (Object.keys(MALFORMED) as MalformedReason[]).map((reason) => sentenceOf({ reason, ...place }))
  expect(table?.rows).toEqual(Object.keys(MALFORMED).map((reason, i) => [`\`${reason}\``, sentences[i]]))
  // They stand in a quoted string of WWW-Authenticate (RFC 6750, section 3).
  for (const sentence of sentences) expect(sentence).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
})

it('has a row for every code of a store error', () => {
  // A new code does not compile without a row here.
  const problems: { readonly [P in StoreProblem]: true } = {
    store_not_migrated: true,
    store_newer: true,
    store_forbidden: true,
    store_unsuitable: true,
    row_unreadable: true,
  }
  const chapter = 'When the store has to be mended'
  const [table] = readPage(FILE, readFileSync(ROOT + FILE, 'utf8')).tables.filter(({ heading }) => heading === chapter)
  expect(table?.rows.map(([code]) => code)).toEqual(Object.keys(problems).map((code) => `\`${code}\``))
})
