/** A store that answers carelessly: rows that a driver has turned into something else. Faults and commits: store-faults.test.ts. */
import type { TokenRecord } from 'plan-access-tokens'
import { expect } from 'vitest'
import { DAY, type Made, START } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, denied, neverAllowed, shown } from './verdicts.ts'
import { A, tamper, world } from './world.ts'

const attack = attacksOf('store-and-cache')
const FILE_A = `GET /v1/files/${A}`
const asked = (made: Made) => ({ actor: 'admin-1', id: made.token.id })

/** A record as a driver gives it that writes every date in another form. */
function datesAs(form: (date: number) => unknown, fields: readonly string[]): (record: TokenRecord) => unknown {
  const turn = (name: string, value: unknown): unknown =>
    fields.includes(name) && typeof value === 'number' ? form(value) : value
  const turned = (from: object): object =>
    Object.fromEntries(Object.entries(from).map(([name, value]) => [name, turn(name, value)]))
  return (record) => ({ ...turned(record), secrets: record.secrets.map(turned) })
}

const EVERY_DATE = ['expiresAt', 'worksUntil', 'createdAt', 'revokedAt', 'issuedAt', 'version']

/** Never allowed after an end, whatever form the dates have; and before it only if the field is none that an end depends on. */
async function neverAllowedAfterAnEnd(form: (date: number) => unknown): Promise<void> {
  for (const fields of [EVERY_DATE, ...EVERY_DATE.map((field) => [field])]) {
    const what = fields.join()
    const w = await world()
    const second = await w.refresh(w.ALL)
    const revoked = await w.make()
    await w.tokens.revoke(asked(revoked))
    tamper(w, datesAs(form, fields))
    denied(await w.ask(FILE_A, revoked), 'token_revoked', what)
    const [newest, previous] = [await w.ask(FILE_A, second), await w.ask(FILE_A, w.ALL)]
    // Decided: what an end depends on must be a number, else it is dead; other fields are not judged at all.
    if (fields.includes('expiresAt')) denied(newest, 'token_expired', what)
    else allowed(newest, what)
    if (fields.includes('expiresAt')) denied(previous, 'token_expired', what)
    else if (fields.includes('worksUntil')) denied(previous, 'secret_retired', what)
    else allowed(previous, what)
    w.clock.real.set(START + DAY)
    neverAllowed(await w.ask(FILE_A, w.ALL), `${what}, after worksUntil`)
    w.clock.real.set(START + 90 * DAY)
    for (const made of [second, w.ALL, revoked]) neverAllowed(await w.ask(FILE_A, made), `${what}, after expiry`)
  }
}

attack('e01', () => neverAllowedAfterAnEnd(String))

attack('e02', async () => {
  await neverAllowedAfterAnEnd((date) => new Date(date))
  await neverAllowedAfterAnEnd((date) => new Date(date).toISOString())
})

attack('e03', async () => {
  const w = await world()
  const unknown = (await world()).ALL.secret
  for (const miss of [null, {}, [], false, '', 0, undefined, true, 'record', () => undefined]) {
    w.store.replace.findByDigest = async () => miss
    denied(await w.ask(FILE_A, unknown), ['token_unknown', 'unavailable'], shown(miss))
    w.store.replace.findByDigest = () => miss
    denied(await w.ask(FILE_A, unknown), ['token_unknown', 'unavailable'], `without a promise ${shown(miss)}`)
    w.store.replace.peekByDigest = () => miss
    denied(await w.ask(FILE_A, unknown), ['token_unknown', 'unavailable'], `at once ${shown(miss)}`)
    delete w.store.replace.peekByDigest
  }
})

attack('e04', async () => {
  const w = await world()
  const unknown = (await world()).ALL.secret
  const record = await w.store.real.find(w.ALL.token.id)
  w.store.replace.findByDigest = async () => record
  denied(await w.ask(FILE_A, unknown), 'token_unknown')
  expect(await w.tokens.revokeSecret({ text: unknown })).toEqual({ revoked: false })
  expect(await w.tokens.inspect({ secret: unknown })).toEqual({ active: false })
  allowed(await w.ask(FILE_A, w.ALL), 'the record that does hold it')
})

attack('e05', async () => {
  const w = await world()
  const [secret] = (await w.store.real.find(w.ALL.token.id))?.secrets ?? []
  const wrong = [
    [],
    undefined,
    {},
    'x',
    null,
    [null],
    [undefined],
    [secret?.digest],
    { 0: secret, length: 1 },
    [[secret]],
  ]
  for (const secrets of wrong) {
    tamper(w, { secrets })
    neverAllowed(await w.ask(FILE_A), shown(secrets))
  }
})

attack('e06', async () => {
  const w = await world()
  const wrong = [
    ...['no_file_content:read_here', null, {}, [['file_content:read']], new Set(['file_content:read'])],
    ...[undefined, 'file_content:read', { 0: 'file_content:read', length: 1 }, ['file_content:read', 7], []],
  ]
  for (const scopes of wrong) {
    tamper(w, { scopes })
    denied(await w.ask(FILE_A), 'scope_missing', shown(scopes))
  }
})

attack('e07', async () => {
  const w = await world()
  for (const type of ['REST', ' rest', undefined, ['rest'], '__proto__', null, {}, { toString: () => 'rest' }]) {
    tamper(w, { type })
    denied(await w.ask(FILE_A), 'token_wrong_type', shown(type))
  }
})
