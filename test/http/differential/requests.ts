/** Random requests, each a valid one bent a few times, in ways in which some router or parser is known to read another. */
import type { Random } from '../../processes/random.ts'
import type { Sending } from '../support/wire.ts'
import { BODIES, TYPES } from './bodies.ts'

type Header = readonly [name: string, value: string]

/** A request, and which of the two tokens it carries. */
export interface Drawn extends Sending {
  readonly token: 'limited' | 'all' | 'none'
}

/** Routes with values that exist, some of them out of a limited token's reach. */
const VALID: readonly (readonly [method: string, target: string])[] = [
  ['GET', '/reports/billing'],
  ['GET', '/reports/books/export'],
  ['GET', '/reports/yearly'],
  ['GET', '/reports/yearly/sales'],
  ['POST', '/reports/purge'],
  ['POST', '/reports/yearly'],
  ['GET', '/users/export'],
  ['GET', '/stock/export'],
  ['GET', '/files/ABC'],
  ['GET', '/files/DEF'],
  ['GET', '/files/EVE'],
  ['DELETE', '/files/ABC'],
  ['GET', '/files/ABC/versions/3'],
  ['GET', '/hooks?team_id=7'],
  ['GET', '/hooks?team_id=8'],
  ['GET', '/hooks?project_id=123&depth=1'],
  ['GET', '/notes?team_id=7'],
  ['GET', '/notes'],
  ['POST', '/hooks'],
  ['POST', '/hooks'],
  ['POST', '/copies/ABC'],
  ['POST', '/copies/ABC'],
  ['POST', '/moves'],
  ['POST', '/moves'],
]

const SEGMENTS = [
  'billing',
  'books',
  'export',
  'purge',
  'users',
  'reports',
  'files',
  'ABC',
  'DEF',
  '7',
  '__proto__',
  '*',
]
/** What some reader takes for another character: the signs of Kelvin and of a long s, a capital I with a dot, a wide slash. */
const FOLDED = [
  '%E2%84%AA',
  '%C5%BF',
  '%C4%B0',
  '%EF%BC%8F',
  '%E2%80%8B',
  '%C2%AD',
  '%C3%A9',
  '%00',
  '%0d%0a',
  '%09',
  '%20',
]
const RAW = [
  '\\',
  '|',
  '^',
  '{',
  '}',
  '"',
  '<',
  '`',
  '\t',
  '\u00e9',
  '\u00a0',
  '#',
  '%',
  '%zz',
  '[',
  ']',
  '@',
  ':',
  '+',
  '*',
]

type Bend = (text: string, random: Random) => string

/** Puts something at a random place. */
const insert = (text: string, random: Random, what: string): string => {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + what + text.slice(at)
}
/** Changes one segment of a path. */
const inSegment = (change: (segment: string, random: Random) => string): Bend => {
  return (path, random) => {
    const segments = path.split('/')
    const at = 1 + random.below(Math.max(1, segments.length - 1))
    segments[at] = change(segments[at] ?? '', random)
    return segments.join('/')
  }
}
const hex = (char: string, random: Random): string => {
  const code = char.charCodeAt(0).toString(16).padStart(2, '0')
  return `%${random.chance(0.5) ? code : code.toUpperCase()}`
}
const encodeOne = (text: string, random: Random): string => {
  const at = random.below(text.length)
  return text === '' ? text : text.slice(0, at) + hex(text.charAt(at), random) + text.slice(at + 1)
}
const otherCase = (text: string, random: Random): string =>
  [...text].map((char) => (random.chance(0.5) ? char.toUpperCase() : char.toLowerCase())).join('')

const PATHS: readonly Bend[] = [
  inSegment(otherCase),
  inSegment((segment) => segment.toUpperCase()),
  inSegment(encodeOne),
  inSegment((segment, random) => encodeOne(segment, random).replace('%', '%25')),
  inSegment((segment) => segment.replace(/k/i, '%E2%84%AA').replace(/s/i, '%C5%BF')),
  inSegment((segment, random) => `${segment};${random.of(['', 'x', 'x=1', 'team_id=8', '/..', 'a?b'])}`),
  inSegment((segment, random) => `;${random.of(['', 'x='])}${segment}`),
  inSegment((segment, random) => insert(segment, random, random.of(FOLDED))),
  inSegment((segment, random) => insert(segment, random, random.of(RAW))),
  inSegment((segment, random) => otherCase(random.of(SEGMENTS), random) + (random.chance(0.2) ? segment : '')),
  inSegment((_, random) => random.of(SEGMENTS)),
  inSegment((_, random) => random.of(['', '.', '..', '%2e', '%2E%2e', '.%2e', '..;', '...', '*', ':file', '{file}'])),
  inSegment(
    (segment, random) => segment + random.of(['.json', '.', ',DEF', '+DEF', ':DEF', '%2fDEF', '%2F..%2FDEF', '%5cDEF']),
  ),
  inSegment((segment, random) => `${random.of(['x/..', '.', '..', 'x;/..'])}/${segment}`),
  (path, random) =>
    path + random.of(['/', '//', '/.', '/..', '/x/..', '%2f', ';', '/;', '/;x', '%20', '?', '#', '#/x']),
  (path, random) =>
    random.of(['/', '//', '/.', '/..', '/%2e', '/\\', '\\', '%2f', '//evil.test', '/reports/..', '']) + path,
  (path, random) =>
    random.of(['http://api.test', 'HTTP://API.test', 'https://u:p@api.test:443', 'http:', 'file://']) + path,
]

/** What may follow a name that some reader takes for the same. */
const NAME_ENDS = [
  '[]',
  '[0]',
  '[x]',
  '%5B%5D',
  '%5B0',
  '[',
  ']',
  '.x',
  '.',
  '%00',
  '+',
  '%20',
  ';',
  ';x',
  '%',
  '%zz',
  '%3D7',
]
/** A name in other letters. */
const SPELLINGS = ['te%61m_id', 'TEAM_ID', 'Team_Id', 'team%5Fid', 'team%5fid', 'team.id', 'team-id', 'team%255Fid']
/** A name within or behind something else. */
const AROUND = [
  ...['[team_id]', '.team_id', 'x[team_id]', '__proto__[team_id]', 'constructor[team_id]', '[][team_id]', '+team_id'],
  ...[
    '%20team_id',
    '%00team_id',
    '%26team_id',
    '&team_id',
    ';team_id',
    'x;team_id',
    'x=1;team_id',
    '?team_id',
    'x%26team_id',
  ],
]

const QUERIES: readonly Bend[] = [
  (query, random) => `${query}&team_id=${random.of(['7', '8', '5', '', '7,8', '%37', '7+', '7%00'])}`,
  (query, random) => `team_id=${random.of(['7', '8', '5'])}&${query}`,
  (query, random) => `${query}&team_id${random.of(NAME_ENDS)}=8`,
  (query, random) => `${query}${random.of([';', '&&', '&amp;', '%26', '&;', '?', '&?'])}team_id=8`,
  (query, random) => `${query}&${random.of(SPELLINGS)}=${random.of(['8', '7', '%zz', ''])}`,
  (query, random) => `${query}&${random.of(AROUND)}=8`,
  (query, random) =>
    `${query}&x=${random.of(['%', '%zz', '%ff', '{a:1}', 'a|b', 'a^b', '\u00e9', '/../x', '\\', '"', '<', '[]'])}`,
  (query, random) =>
    `${query}&${random.of(['filter[name]', 'ids[]', 'x', '', '=', '%', 'a.b', '__proto__'])}=${random.of(['1', ''])}`,
  (query) => query.replace('team_id', 'team_id[]'),
  (query) => query.replace('=', '%3D'),
  (query) => query.replace('=7', '=%37'),
  (query, random) => insert(query, random, random.of([...FOLDED, ...RAW])),
  (query, random) => encodeOne(query, random),
]

/** Draws one. */
export function drawRequest(random: Random): Drawn {
  const [method, target] = random.of(VALID)
  let [path = '', query] = target.split('?')
  for (let bends = random.below(4); bends > 0; bends--) {
    if (random.chance(query === undefined ? 0.12 : 0.65)) query = random.of(QUERIES)(query ?? 'depth=1', random)
    else path = random.of(PATHS)(path, random)
  }
  // Bytes that a request line cannot hold would make it another request.
  const sent = (query === undefined ? path : `${path}?${query}`).replaceAll(/[ \r\n]/g, '%20')
  const other = random.chance(0.06) ? random.of(['HEAD', 'GET', 'POST', 'get', 'PUT']) : method
  const token = random.chance(0.08) ? 'none' : random.chance(0.4) ? 'all' : 'limited'
  return { method: other, target: sent === '' ? '/' : sent, token, ...drawBody(random, other) }
}

function drawBody(random: Random, method: string): Pick<Sending, 'body' | 'headers' | 'chunked'> {
  if (method === 'GET' || method === 'HEAD' ? !random.chance(0.05) : random.chance(0.05)) return {}
  // Mostly a plain one of the right type, so that much gets through.
  const isPlain = random.chance(0.35)
  const text = random.of(isPlain ? BODIES.slice(0, 8) : BODIES)
  const types = isPlain ? ['application/json'] : random.of(TYPES)
  const headers: Header[] = types.map((type) => ['Content-Type', type])
  if (random.chance(0.04)) headers.push(['Content-Encoding', random.of(['identity', 'gzip', 'deflate', ''])])
  const at = random.below(text.length)
  return {
    body: random.chance(0.3) ? [text.slice(0, at), text.slice(at)].filter(Boolean) : [text],
    headers,
    chunked: random.chance(0.3),
  }
}
