/**
 * Every form that a client may legally send, and some that clients send all the same: whether it is taken or refused, and why.
 * Sent as it stands over a socket to a guard in each framework. Hostile input: malformed.test.ts and agreement.test.ts.
 */
import type { MalformedReason, RefusalCode } from 'plan-access-tokens'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { A, type World, world } from '../attack/world.ts'
import { FRAMEWORKS } from './support/frameworks.ts'
import { request, type Served, start } from './support/served.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

type Verdict = 'taken' | MalformedReason | RefusalCode
type Row = readonly [what: string, sent: string, verdict: Verdict, why: string]

const FILE = `/v1/files/${A}`
const HOOKS = '/v2/webhooks?context=team&context_id=456'

/** RFC 9112, section 3.2: the four forms; RFC 3986, section 3.3: what a path may hold. */
const TARGETS: readonly Row[] = [
  ['origin form', FILE, 'taken', 'what every client sends to an origin server'],
  ['origin form with an empty query', `${FILE}?`, 'taken', 'legal, and nobody reads it'],
  [
    'absolute form',
    `http://api.example${FILE}`,
    'target_form',
    'what a proxy gets; routers differ in what they read of it',
  ],
  ['authority form', 'api.example:443', 'target_form', 'for CONNECT alone'],
  ['asterisk form', '*', 'target_form', 'for OPTIONS alone'],
  ['a slash at the end', `${FILE}/`, 'path_slash_at_end', 'the same route to some routers and another to others'],
  ['two slashes', `/v1//files/${A}`, 'path_empty_segment', 'the same'],
  ['dot segments', `/v1/./files/${A}`, 'path_dot_segment', 'RFC 3986, 5.2.4: some resolve them, some do not'],
  ['an encoded letter', `/v1/%66iles/${A}`, 'path_encoding_needless', 'RFC 3986, 6.2.2.2: some routers decode first'],
  ['an encoded slash', `${FILE}%2Fcomments`, 'path_encoding_forbidden', 'a segment or two'],
  [
    'an encoded tilde and other marks of Java, Python and PHP',
    '/v1/files/%7E%21%27%28%29%2A',
    'resource_not_in_plan',
    'one value to every router',
  ],
  ['a lower-case encoding', '/v1/files/%c3%a9', 'resource_not_in_plan', 'RFC 3986, 2.1: as upper case'],
  ['sub-delims', "/v1/files/a!$&'()*+,=:@b", 'resource_not_in_plan', 'RFC 3986, 3.3: they stand for themselves'],
  ['a semicolon', `${FILE};v=1`, 'path_character', 'RFC 3986, 3.3: servlets end the segment there'],
  ['an encoded semicolon', `${FILE}%3Bv=1`, 'resource_not_in_plan', 'a character of the segment to every router'],
  ['another letter case', `/v1/Files/${A}`, 'endpoint_unknown', 'paths are case-sensitive (RFC 9110, 4.2.3)'],
]

/** The URL standard's query percent-encode set, and RFC 3986, section 3.4. `nobody`: where no parameter is read. */
const QUERIES: readonly (readonly [what: string, sent: string, nobody: Verdict, beside: Verdict, why: string])[] = [
  [
    'a list of qs and axios',
    'ids[]=1&ids[]=2',
    'taken',
    'taken',
    'raw in the URL standard; none of the parameters that are read',
  ],
  ['a field of JSON:API', 'filter[name]=x', 'taken', 'taken', 'the same'],
  ['braces', 'q={a:1}', 'taken', 'taken', 'the same'],
  ['a bar', 'x=a|b', 'taken', 'taken', 'the same'],
  ['a caret and a grave accent', 'x=a^b`c', 'taken', 'taken', 'the same'],
  ['a backslash', 'x=a\\b', 'taken', 'taken', 'the same'],
  ['a lone percent sign', 'x=100%&100%=x', 'taken', 'taken', 'the URL standard leaves it raw'],
  ['quotation marks and angle brackets', 'x="<a>\'', 'taken', 'taken', 'what curl sends as it was typed'],
  ['a slash and a question mark', 'x=/?a/../b', 'taken', 'taken', 'RFC 3986, 3.4'],
  ['a semicolon', 'x=a;b', 'taken', 'taken', 'to nobody the end of a parameter that is read'],
  ['a plus sign', 'x=a+b', 'taken', 'taken', 'a space or a plus, and nobody asks'],
  ['bytes that are not UTF-8', 'x=%ff', 'taken', 'taken', 'a form in Latin-1'],
  ['an encoded control character', 'x=%00%0d%0a', 'taken', 'taken', 'nobody reads it'],
  ['no name', '=x&&=', 'taken', 'taken', 'the URL standard'],
  ['a parameter twice', 'x=1&x=2', 'taken', 'taken', 'nobody reads it'],
  [
    '100 parameters',
    Array.from({ length: 98 }, (_, i) => `p${i}=1`).join('&'),
    'taken',
    'taken',
    'every server reads as many',
  ],
  ['more', Array.from({ length: 120 }, (_, i) => `p${i}=1`).join('&'), 'taken', 'query_too_long', 'some servers stop'],
  ['a name that is not UTF-8', '%ff=1', 'taken', 'query_name', 'which name it is depends on the reader'],
  ['a parameter that is read, twice', 'context_id=456', 'taken', 'parameter_repeated', 'the first or the last'],
  ['the same as a list', 'context_id[]=456', 'taken', 'parameter_spelling', 'qs takes it for the same name'],
  ['the same with a broken sign', 'context_id%=456', 'taken', 'parameter_spelling', 'lenient readers drop it'],
  ['the same in another letter case', 'Context_ID=456', 'taken', 'parameter_spelling', 'one name to ASP.NET'],
  ['the same behind a semicolon', 'x=1;context_id=456', 'taken', 'query_semicolon', 'once the separator of HTML 4'],
]

/** RFC 9110, sections 5.5, 5.6.4, 11.1 and 11.4; RFC 6750, section 2.1. `S` is a good secret. */
const FIELDS: readonly (readonly [what: string, lines: readonly string[], verdict: Verdict, why: string])[] = [
  ['a bearer token', ['Authorization: Bearer S'], 'taken', 'RFC 6750'],
  ['the scheme in lower case', ['authorization: bearer S'], 'taken', 'RFC 9110, 11.1: schemes know no letter case'],
  ['spaces behind the scheme', ['Authorization: Bearer   S'], 'taken', 'RFC 9110, 11.4: 1*SP'],
  ['white space around the value', ['Authorization: \t Bearer S \t'], 'taken', 'RFC 9110, 5.5: no part of the value'],
  ['a header of the policy', ['X-FIGMA-TOKEN: S'], 'taken', 'RFC 9110, 5.1: names know no letter case'],
  ['the same secret in both', ['X-Figma-Token: S', 'Authorization: Bearer S'], 'taken', 'one credential'],
  [
    'a token of a gateway beside it',
    ['X-Figma-Token: S', 'Authorization: Bearer eyJhbGciOiJub25lIn0.e30.'],
    'taken',
    'without a prefix of this deployment it is somebody else’s',
  ],
  [
    'another scheme beside it',
    ['Authorization: Digest username="Doe, Jane x", uri="/"', 'X-Figma-Token: S'],
    'taken',
    'RFC 9110, 5.6.4: a comma in quotes joins nothing',
  ],
  [
    'two secrets of this deployment',
    ['X-Figma-Token: S', 'Authorization: Bearer T'],
    'credential_repeated',
    'never a choice',
  ],
  [
    'a line twice',
    ['X-Figma-Token: S', 'X-Figma-Token: S'],
    'credential_repeated',
    'RFC 9110, 5.3: no list, so not to be repeated',
  ],
  [
    'two in one line',
    ['Authorization: Bearer S, Bearer S'],
    'credential_repeated',
    'lines that an intermediary joined',
  ],
  ['a tab behind the scheme', ['Authorization: Bearer\tS'], 'token_malformed', 'RFC 9110, 11.4 has spaces alone'],
  ['another scheme alone', ['Authorization: Basic dTpw'], 'token_missing', 'none of ours'],
  ['no credential', [], 'token_missing', 'nothing to judge'],
]

interface Answer {
  readonly status: number
  readonly verdict: string
}

/** Status and reason or code of an answer; a 400 of the server itself, whose HTTP parser was stricter, has neither. */
function read({ status, body }: { readonly status: number; readonly body: string }): Answer {
  if (status === 200) return { status, verdict: 'taken' }
  try {
    const { reason, code } = JSON.parse(body) as { readonly reason?: string; readonly code?: string }
    return { status, verdict: reason ?? code ?? '' }
  } catch {
    return { status, verdict: '' }
  }
}

describe.each(FRAMEWORKS)('a guard in $name', (framework) => {
  let served: Served
  beforeAll(async () => {
    served = await start(framework, { tokens: w.tokens })
  })
  afterAll(() => served.close())

  const answerTo = async (target: string, lines: readonly string[] = ['X-Figma-Token: S']): Promise<Answer> => {
    const headers = lines.map((line) => {
      const text = line.replace(/\bS\b/g, w.ALL.secret).replace(/\bT$/, w.ONE.secret)
      return [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 2)] as const
    })
    return read(await served.send(request(`GET ${target}`, undefined, { headers })))
  }
  const isTaken = (verdict: Verdict): boolean => !verdict.includes('_')

  // What a URL was made of is no longer the form that was sent.
  it.each(TARGETS.filter(([, , verdict]) => !framework.seesUrl || !verdict.startsWith('path_')))(
    'judges a target in %s',
    async (_, sent, verdict) => {
      const runs = served.runs.length
      const answer = await answerTo(sent)
      if (framework.seesUrl && verdict === 'target_form') return expect(served.runs.length >= runs).toBe(true)
      // Node's client for HTTP/2 and the parsers of some servers refuse other forms themselves.
      if (answer.verdict === '' && verdict === 'target_form') expect([0, 400, 404]).toContain(answer.status)
      else expect(answer.verdict).toBe(verdict)
      expect(served.runs.length - runs).toBe(isTaken(verdict) ? 1 : 0)
    },
  )

  it.each(QUERIES)('judges a query with %s', async (_, sent, nobody, beside) => {
    expect((await answerTo(`${FILE}?${sent}`)).verdict).toBe(nobody)
    expect((await answerTo(`${HOOKS}&${sent}`)).verdict).toBe(beside)
    expect((await answerTo(`/v2/webhooks?${sent}&context=team&context_id=456`)).verdict).toBe(beside)
  })

  // A client for HTTP/2 joins lines itself.
  it.each(framework.isHttp2 ? FIELDS.filter(([what]) => !/line|white space/.test(what)) : FIELDS)(
    'judges fields with %s',
    async (_, lines, verdict) => {
      expect((await answerTo(FILE, lines)).verdict).toBe(verdict)
    },
  )
})
