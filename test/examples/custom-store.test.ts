/** The example of a store written from nothing: it passes the contract, keeps what it answered, and runs as a program. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TokenRecord, TokenStore } from 'plan-access-tokens'
import { storeContract } from 'plan-access-tokens/testing'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openFileStore } from '../../examples/custom-store/file-store.ts'
import { add, eventOf, next, recordOf } from '../stores/records.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'custom-store-'))
afterAll(() => rmSync(folder, { recursive: true }))
let count = 0
const newPath = (): string => join(folder, `${++count}.jsonl`)

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Writes some records, and gives the file's text. */
async function written(path: string, ...records: readonly TokenRecord[]): Promise<Buffer> {
  const store = await openFileStore(path)
  for (const record of records) expect(await store.commit(record, eventOf(record))).toBe(true)
  await store.close()
  return readFile(path)
}

const idsOf = async (store: TokenStore): Promise<string[]> =>
  (await store.events({ limit: 500 })).map(({ tokenId }) => tokenId)

describe('the store', () => {
  const cases = storeContract({ create: () => openFileStore(newPath()), destroy: (store) => store.close() })
  for (const { name, run } of cases) it(name, run)

  it('has fewer than 150 lines', () => {
    const text = readFileSync(`${root}examples/custom-store/file-store.ts`, 'utf8')
    expect(text.split('\n').length).toBeLessThan(150)
  })
})

describe('after a restart', () => {
  it('everything is as it was: records, secrets, log, versions and bound', async () => {
    const path = newPath()
    const store = await openFileStore(path)
    const first = await add(store)
    const second = next(first, { name: 'Änderung 🔐', secrets: [{ digest: 'other', issuedAt: 1, worksUntil: null }] })
    await store.commit(second, eventOf(second))
    await store.bound?.(2_000)
    const log = await store.events({ limit: 9 })
    await store.close()

    const again = await openFileStore(path)
    expect(await again.find(first.id)).toEqual(second)
    expect(await again.findByDigest('other')).toEqual(second)
    expect(await again.events({ limit: 9 })).toEqual(log)
    expect(await again.commit(second, eventOf(second))).toBe(false)
    expect(await again.bound?.(0)).toBe(2_000)
    const third = next(second)
    expect(await again.commit(third, eventOf(third))).toBe(true)
    expect((await again.events({ limit: 9 })).map(({ seq }) => seq)).toEqual([1, 2, 3])
    await again.close()
  })

  it('a last line that was torn anywhere is gone, and the next commit works', async () => {
    const path = newPath()
    const [kept, torn, later] = ['kept', 'tørn 🔐', 'later'].map((id) => recordOf({ id, name: id }))
    const text = await written(path, kept!, torn!)
    const start = text.indexOf(10) + 1
    const step = Math.max(1, Math.floor((text.length - start) / 40))
    const places = [start + 1, text.length - 1, text.indexOf(Buffer.from('🔐')) + 2]
    for (let at = start; at < text.length; at += step) places.push(at)
    for (const at of places) {
      await writeFile(path, text)
      await truncate(path, at)
      const store = await openFileStore(path)
      expect([await store.find(torn!.id), await idsOf(store)]).toEqual([undefined, ['kept']])
      await store.commit(later!, eventOf(later!))
      await store.close()
      const again = await openFileStore(path)
      expect(await idsOf(again)).toEqual(['kept', 'later'])
      await again.close()
    }
  })

  it('a last line of which some blocks never reached the disk is gone too', async () => {
    const path = newPath()
    const text = await written(path, recordOf({ id: 'kept' }), recordOf({ id: 'torn' }))
    text.fill(0, text.indexOf(10) + 20, text.length - 1)
    await writeFile(path, text)
    const store = await openFileStore(path)
    expect(await idsOf(store)).toEqual(['kept'])
    await store.close()
  })

  it('an earlier line that cannot be read stops the start, with its number and without its text', async () => {
    const path = newPath()
    const text = await written(path, recordOf({ id: 'a' }), recordOf({ id: 'b' }), recordOf({ id: 'c' }))
    await writeFile(path, text.toString().replace('"id":"b"', '"id":b'))
    const failure = await openFileStore(path).catch((error: Error) => error)
    expect(failure).toMatchObject({ name: 'StoreError', code: 'row_unreadable' })
    expect((failure as Error).message).toMatch(/^Line 2 of .+ is no JSON: mend it\.$/)
    await writeFile(path, text)
    await (await openFileStore(path)).close()
  })

  it('of a process that was killed while it wrote, all that it had answered is there', {
    timeout: 60_000,
  }, async () => {
    const path = newPath()
    const program = `
      import { openFileStore } from ${JSON.stringify(`${root}examples/custom-store/file-store.ts`)}
      const store = await openFileStore(${JSON.stringify(path)})
      const record = ${JSON.stringify(recordOf())}
      for (let i = 0; ; i++) {
        const mine = { ...record, id: 'token-' + i, secrets: [], description: 'x'.repeat(i % 9 * 1000) }
        const event = { id: 'event-' + i, at: i, type: 'created', tokenId: mine.id, planId: 'p1', actor: null, version: 1 }
        if (await store.commit(mine, event)) console.log(mine.id)
      }`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const answered: string[] = []
    for await (const line of createInterface(child.stdout!)) {
      answered.push(line)
      if (answered.length === 150) child.kill('SIGKILL')
    }
    expect(answered.length).toBeGreaterThanOrEqual(150)
    await rm(`${path}.lock`)
    const store = await openFileStore(path)
    const ids = await idsOf(store)
    expect(ids.slice(0, answered.length)).toEqual(answered)
    expect(ids.length - answered.length).toBeLessThanOrEqual(1)
    await store.close()
  })
})

describe('a second process', () => {
  it('is turned away while the first has the store, and let in when that closed it, or a person has seen that it is gone', async () => {
    const path = newPath()
    const store = await openFileStore(path)
    const refused = { name: 'StoreError', code: 'store_unsuitable', message: expect.stringContaining(`${process.pid}`) }
    await expect(openFileStore(path)).rejects.toMatchObject(refused)
    await store.close()
    await (await openFileStore(path)).close()

    const gone = spawn(process.execPath, ['--eval', ''])
    await once(gone, 'exit')
    await writeFile(`${path}.lock`, String(gone.pid))
    // Nobody can be sure but a person: two that take over what a third one left would both have the store.
    const left = { name: 'StoreError', message: expect.stringContaining(`remove ${path}.lock`) }
    await expect(openFileStore(path)).rejects.toMatchObject(left)
    await rm(`${path}.lock`)
    await (await openFileStore(path)).close()
  })
})

describe('a write that fails', () => {
  it('is no answer, and nothing is written after it until a restart', async () => {
    const path = newPath()
    const store = await openFileStore(path)
    await add(store, { id: 'kept' })
    await store.close()
    const closed = recordOf({ id: 'closed' })
    await expect(store.commit(closed, eventOf(closed))).rejects.toThrow()
    await expect(store.commit(closed, eventOf(closed))).rejects.toMatchObject({ code: 'store_unsuitable' })
    expect(await store.find('closed')).toBeUndefined()
    await appendFile(path, 'half a li')
    const again = await openFileStore(path)
    expect(await idsOf(again)).toEqual(['kept'])
    await again.close()
  })
})

describe('the program', () => {
  it('holds the store against the contract and shows that a restart changes nothing', { timeout: 60_000 }, async () => {
    const argv = ['--import', 'tsx', 'examples/custom-store/main.ts']
    const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, { cwd: root })
    const total = storeContract({ create: () => openFileStore(newPath()) }).length
    expect(stdout.split('\n')).toEqual([
      `${total} of ${total} cases of the store contract passed.`,
      'After a restart the token that was kept is allowed, the one that was revoked is refused: token_revoked.',
      'The audit log says: created, created, revoked.',
      '',
    ])
    expect(stderr).toBe('')
  })
})
