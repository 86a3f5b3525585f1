/** Mistakes around the audit log: what is verified, signed, exported and asked for. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { createCheckpoint, exportEvents, readExport, signReceipt, verifyLog } from 'plan-access-tokens/audit'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { newDirectory } from '../support/world.ts'
import { type Mistake, mistakesOf } from './table.ts'

const store = memoryStore()
const { chained: _, ...unchained } = store
const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory: newDirectory() })
const privateKey = { kty: 'OKP', crv: 'Ed25519', d: 'AAAA', x: 'AAAA' }
const told = async (lines: readonly string[]) => {
  const { problems } = await verifyLog({ store: readExport(lines) })
  return { called: 'problem', told: problems.map(({ code, message }) => ({ path: code, message })) }
}
const verifiedWith = async (checkpoints: readonly string[]) => {
  const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])
  const { problems } = await verifyLog({ store, checkpoints, key: publicKey })
  return { called: 'problem', told: problems.map(({ code, message }) => ({ path: code, message })) }
}
const event = { v: 1, id: 'e', at: 0, type: 'edited', tokenId: 't', planId: 'p', actor: 'a', version: 1 }
const link = { hash: '0'.repeat(64), chain: '0'.repeat(64) }

export const AUDIT: readonly Mistake[] = [
  ...mistakesOf<object>('verifyLog', (given) => verifyLog(given as never), {
    'no store': {},
    'wrong options': { store, from: 0, checkpoints: 'a' },
    'no key': { store, checkpoints: ['a'] },
    'a key that is private': { store, checkpoints: ['a'], key: privateKey },
    'no keys': { store, checkpoints: ['a'], key: [] },
    'a store without a chain': { store: unchained },
  }),
  ...mistakesOf<readonly string[]>('a log', told, {
    'a changed line': [JSON.stringify({ ...event, seq: 1, ...link })],
    'lines that are not there': [JSON.stringify({ ...event, seq: 1 }), JSON.stringify({ ...event, seq: 4 })],
    'a line before the first': [JSON.stringify({ ...event, seq: 0 }), JSON.stringify({ ...event, seq: 1 })],
    'a line twice': [JSON.stringify({ ...event, seq: 1 }), JSON.stringify({ ...event, seq: 1 })],
    'a line that is cut off': ['{"v":1'],
  }),
  ...mistakesOf<readonly string[]>('a checkpoint', verifiedWith, {
    'one that is none': ['x'],
    'one of another key': [
      [
        { alg: 'ES256', typ: 'plan-access-tokens-checkpoint' },
        { v: 1, seq: 1, chain: '0'.repeat(64), at: 0 },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .concat('A'.repeat(86))
        .join('.'),
    ],
  }),
  ...mistakesOf<object>('createCheckpoint', (given) => createCheckpoint(given as never), {
    'a key that is public': { store, key: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } },
    'another algorithm': { store, key: { alg: 'RS256', sign: () => new Uint8Array() } },
    'no event yet': { store, key: { alg: 'ES256', sign: () => new Uint8Array() } },
  }),
  ...mistakesOf<object>('signReceipt', (given) => signReceipt(given as never), {
    'a field of another call': { receipt: {}, keys: [] },
    'no receipt': { receipt: {}, key: { alg: 'ES256', sign: () => new Uint8Array() } },
  }),
  ...mistakesOf<object>('exportEvents', (given) => exportEvents(given as never).next(), {
    'no tokens': { tokens: {}, actor: 'admin-1', planId: '1001', format: 'csv' },
    'no store': { store: {}, format: 'xml', after: 'x' },
    'wrong input': { tokens, actor: '', planId: '', format: 'xml', after: 'x', limit: 0 },
  }),
]
