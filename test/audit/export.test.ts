/** `exportEvents`: the log as CSV and NDJSON in parts that go on where one broke off; nothing in a cell is taken for a formula. */
import { memoryStore, type TokenEvent } from 'plan-access-tokens'
import { exportEvents, readExport, verifyLog } from 'plan-access-tokens/audit'
import { describe, expect, it } from 'vitest'
import { ADMIN, newWorld } from '../support/world.ts'
import { allOf, filledWorld } from './logs.ts'

/** Reads CSV as RFC 4180 has it, and nothing else: rows by the names of their columns. */
function parse(text: string): Record<string, string>[] {
  const rows: string[][] = []
  let at = 0
  while (at < text.length) {
    const row: string[] = []
    for (;;) {
      const [whole, quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))/.exec(text.slice(at)) as RegExpExecArray
      row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
      at += whole.length
      if (text[at] !== ',') break
      at += 1
    }
    if (text.slice(at, at + 2) !== '\r\n') throw new Error(`No end of a line at ${at}.`)
    at += 2
    rows.push(row)
  }
  const [names = [], ...others] = rows
  return others.map((row) => {
    expect(row).toHaveLength(names.length)
    return Object.fromEntries(row.map((cell, i) => [names[i], cell]))
  })
}

async function partsOf(parts: ReturnType<typeof exportEvents>) {
  const all = []
  for await (const part of parts) all.push(part)
  return all
}

const textOf = async (parts: ReturnType<typeof exportEvents>): Promise<string> =>
  (await partsOf(parts)).map(({ text }) => text).join('')

describe('the log of a plan', () => {
  it('as NDJSON is each of its events as it is kept', async () => {
    const { tokens, store, make } = await filledWorld()
    await make()
    const text = await textOf(exportEvents({ tokens, actor: ADMIN, planId: '1001', format: 'ndjson', limit: 3 }))
    expect(text.endsWith('\n')).toBe(true)
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(await allOf(store))
  })

  it('goes on after any part, and the parts together are the whole', async () => {
    const { tokens, ids } = await filledWorld(4)
    for (const format of ['csv', 'ndjson'] as const) {
      const input = { tokens, actor: ADMIN, planId: '1001', format, limit: 3 }
      const parts = await partsOf(exportEvents(input))
      expect(parts.map(({ events }) => events)).toEqual([3, 3, 2])
      expect(parts.map(({ next }) => next)).toEqual(['3', '6', undefined])
      const whole = parts.map(({ text }) => text).join('')
      const rest = await textOf(exportEvents({ ...input, after: '3' }))
      expect(parts[0]?.text + rest).toBe(whole)
      const one = await textOf(exportEvents({ ...input, limit: 5_000 }))
      expect(one).toBe(whole)
      const ofToken = await textOf(exportEvents({ ...input, tokenId: ids[1] as string }))
      expect(ofToken.trim().split('\n')).toHaveLength(format === 'csv' ? 3 : 2)
    }
  })

  it('as CSV has every field in a column, and times that people read', async () => {
    const { tokens, store } = await filledWorld(2)
    const text = await textOf(exportEvents({ tokens, actor: ADMIN, planId: '1001', format: 'csv' }))
    expect(text.split('\r\n').at(-1)).toBe('')
    const rows = parse(text)
    const log = await allOf(store)
    expect(rows).toHaveLength(log.length)
    for (const [i, row] of rows.entries()) {
      const event = log[i] as TokenEvent
      expect(row).toMatchObject({
        ...{ seq: String(event.seq), at: new Date(event.at).toISOString(), type: event.type, tokenId: event.tokenId },
        ...{ actor: ADMIN, version: String(event.version), id: event.id, hash: event.hash, chain: event.chain },
      })
      expect(row.changes === '' ? undefined : JSON.parse(row.changes as string)).toEqual(event.changes)
    }
  })

  it('as CSV has no cell that is taken for a formula, and no line that is not a line', async () => {
    const store = memoryStore()
    const { tokens, make } = newWorld({ store })
    const reasons = ['=1+1', '+1', '-1', '@SUM(A1)', '＝1', '"', 'a,b', "'=1", '=HYPERLINK("http://x")']
    for (const reason of reasons) await tokens.revoke({ actor: ADMIN, id: (await make()).id, reason })
    const text = await textOf(exportEvents({ tokens, actor: ADMIN, planId: '1001', format: 'csv' }))
    const rows = parse(text)
    const told = rows.filter(({ type }) => type === 'revoked').map(({ reason }) => reason)
    expect(told).toEqual(reasons.map((reason) => (/^[=+\-@＝]/.test(reason) ? `'${reason}` : reason)))
    for (const cell of rows.flatMap((row) => Object.values(row))) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
  })

  it('as CSV has none either for a calculator whose cells end with semicolons, whatever is quoted', async () => {
    const store = memoryStore()
    const { tokens, make } = newWorld({ store })
    const { id } = await make()
    await tokens.edit({ actor: ADMIN, id, name: 'x;=1+1', description: 'a, b;@SUM(A1);＝1' })
    await tokens.revoke({ actor: ADMIN, id, reason: 'a;"=1+1";-1; -1' })
    const text = await textOf(exportEvents({ tokens, actor: ADMIN, planId: '1001', format: 'csv' }))
    for (const cell of text.split(/[;\r\n]/)) expect(cell).not.toMatch(/^"*[=+\-@＝]/)
    expect(parse(text).at(-1)?.reason).toBe(`a;"'=1+1";'-1; -1`)
  })

  it('is for its admins alone, and wrong input is told all at once', async () => {
    const { tokens } = await filledWorld(1)
    const input = { tokens, actor: ADMIN, planId: '1001', format: 'csv' } as const
    await expect(textOf(exportEvents({ ...input, actor: 'admin-2' }))).rejects.toMatchObject({ code: 'not_plan_admin' })
    await expect(textOf(exportEvents({ ...input, planId: '2002' }))).rejects.toMatchObject({ code: 'not_plan_admin' })
    const wrong = textOf(exportEvents({ ...input, format: 'xml', limit: 0, after: 'x' } as never))
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(wrong).rejects.toThrow(/format[\s\S]*after[\s\S]*limit/)
    await expect(textOf(exportEvents({ ...input, tokens: { ...tokens } }))).rejects.toMatchObject({
      name: 'SetupError',
    })
    await expect(textOf(exportEvents({ store: {}, format: 'xml', after: '-' } as never))).rejects.toThrow(
      /store[\s\S]*format[\s\S]*after/,
    )
  })

  it('of which one stops reading asks for nothing more', async () => {
    const store = memoryStore()
    let asked = 0
    const port = () => ({
      ...store,
      events: (query: Parameters<typeof store.events>[0]) => {
        asked += 1
        return store.events(query)
      },
    })
    const { tokens, make } = newWorld({ port })
    for (let i = 0; i < 9; i++) await make()
    for await (const { events } of exportEvents({ tokens, actor: ADMIN, planId: '1001', format: 'csv', limit: 2 })) {
      expect(events).toBe(2)
      break
    }
    expect(asked).toBe(1)
  })
})

describe('a whole log', () => {
  it('that was exported is verified without its database', async () => {
    const { tokens, store, ids } = await filledWorld(3)
    for (let i = 0; i < 1_200; i++) await tokens.edit({ actor: ADMIN, id: ids[0] as string, name: `Name ${i}` })
    const lines = (await textOf(exportEvents({ store, format: 'ndjson' }))).trimEnd().split('\n')
    expect(lines).toHaveLength(1_206)
    expect(await verifyLog({ store: readExport(lines) })).toEqual(await verifyLog({ store }))
    expect(await verifyLog({ store: readExport(lines.slice(100)), from: 700 })).toMatchObject({ ok: true, events: 507 })
    const without = lines.toSpliced(600, 1)
    expect((await verifyLog({ store: readExport(without) })).problems).toMatchObject([{ code: 'missing', seq: 601 }])
    const twice = lines.toSpliced(1_000, 0, lines[999] as string)
    expect((await verifyLog({ store: readExport(twice) })).problems).toMatchObject([{ code: 'misplaced', seq: 1_000 }])
    const broken = lines.with(600, lines[600]?.slice(0, 30) as string)
    expect((await verifyLog({ store: readExport(broken) })).problems).toMatchObject([{ code: 'unreadable', seq: 601 }])
    const doubled = lines.with(600, lines[600]?.replace('{', '{"actor":"mallory",') as string)
    expect((await verifyLog({ store: readExport(doubled) })).problems).toMatchObject([{ code: 'unreadable', seq: 601 }])
    // Where some are missing, the beginning is asked for while the next page is read, which has a line that cannot be read.
    const both = lines.with(1_100, '{').filter((_, i) => i > 160 || i % 2 === 0)
    expect(await verifyLog({ store: readExport(both) })).toMatchObject({ events: 1_125, from: 1, problemCount: 81 })
    const changed = lines.with(600, lines[600]?.replace(ADMIN, 'mallory') as string)
    expect((await verifyLog({ store: readExport(changed) })).problems).toMatchObject([{ code: 'changed', seq: 601 }])
  })

  it('as CSV has one head, and goes on after a part', async () => {
    const { tokens, store, ids } = await filledWorld(1)
    for (let i = 0; i < 600; i++) await tokens.edit({ actor: ADMIN, id: ids[0] as string, name: `Name ${i}` })
    const parts = await partsOf(exportEvents({ store, format: 'csv' }))
    expect(parts.map(({ events }) => events)).toEqual([500, 102])
    expect(await textOf(exportEvents({ store, format: 'csv', after: '500' }))).toBe(parts[1]?.text)
    expect(parts.map(({ text }) => text.startsWith('seq,'))).toEqual([true, false])
  })
})
