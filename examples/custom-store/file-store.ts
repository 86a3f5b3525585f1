/**
 * A store in one file, for one process: each commit is a line that is on the disk before it is answered. What it promises: README.md.
 */
import { type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { EventQuery, ListPosition, ListQuery, TokenEvent, TokenRecord, TokenStore } from 'plan-access-tokens'
import { StoreError } from 'plan-access-tokens'

/** A line of the file: a record with its event, or the freshness bound. */
type Line = { readonly record: TokenRecord; readonly event: TokenEvent } | { readonly boundMs: number }

export type FileStore = TokenStore & Required<Pick<TokenStore, 'bound' | 'watch'>> & { close(): Promise<void> }

/** Opens the store in this file, or makes it. Throws StoreError if another process has it, or if a line cannot be read. */
export async function openFileStore(path: string): Promise<FileStore> {
  const records = new Map<string, TokenRecord>()
  const idOfDigest = new Map<string, string>()
  const log: TokenEvent[] = []
  const wakes = new Set<() => void>()
  let boundMs = 0
  let failed = false
  let turn: Promise<unknown> = Promise.resolve()

  const keep = (line: Line): void => {
    if ('boundMs' in line) boundMs = line.boundMs
    else {
      records.set(line.record.id, line.record)
      for (const { digest } of line.record.secrets) idOfDigest.set(digest, line.record.id)
      log.push(line.event)
    }
  }
  /** Runs one write after the other, so that nobody comes between the look at a version and the line. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }
  /** Only what is on the disk is kept, and can be read. After a failure nobody knows what is there, so nothing is written. */
  const write = async (line: Line): Promise<void> => {
    if (failed) throw new StoreError('store_unsuitable', `Writing to ${path} failed. Mend the disk, then start again.`)
    const text = JSON.stringify(line)
    try {
      await file.appendFile(`${text}\n`)
      await file.datasync()
    } catch (error) {
      failed = true
      throw error
    }
    keep(frozen(text))
    for (const wake of wakes) wake()
  }

  // Keeps a second process out. A process that is killed leaves it behind, and only a person can tell that nobody has it.
  const lock = `${path}.lock`
  await writeFile(lock, String(process.pid), { flag: 'wx' }).catch(async (error) => {
    const says = `Process ${await readFile(lock, 'utf8').catch(() => '?')} has this store. If it is gone, remove ${lock}.`
    throw error.code === 'EEXIST' ? new StoreError('store_unsuitable', says) : error
  })
  const file = await open(path, 'a+')
  try {
    for (const line of await readLines(file, path)) keep(line)
    // A new file is there for good only once its folder is on the disk too.
    await open(dirname(path)).then((folder) => folder.sync().finally(() => folder.close()))
  } catch (error) {
    await Promise.all([file.close(), rm(lock)])
    throw error
  }

  return {
    findByDigest: async (digest) => records.get(idOfDigest.get(digest) ?? ''),
    find: async (id) => records.get(id),
    list: async (query) => listOf([...records.values()], query),
    events: async (query) => eventsOf(log, query),
    commit: (record, event) =>
      inTurn(async () => {
        if (record.version !== (records.get(record.id)?.version ?? 0) + 1) return false
        await write({ record, event: { ...event, seq: log.length + 1 } })
        return true
      }),
    bound: (atLeastMs) =>
      inTurn(async () => {
        if (atLeastMs > boundMs) await write({ boundMs: atLeastMs })
        return boundMs
      }),
    watch(wake) {
      const own = (): void => wake()
      wakes.add(own)
      return () => void wakes.delete(own)
    },
    close: () => inTurn(() => Promise.all([file.close(), rm(lock)]).then(() => undefined)),
  }
}

/** What JSON says, frozen down to the last entry: it is shared instead of copied. */
const frozen = (text: string): Line => JSON.parse(text, (_, value) => Object.freeze(value))

/** All lines. The last one may be torn: it was never answered and is cut off. An earlier one is no accident of ours. */
async function readLines(file: FileHandle, path: string): Promise<Line[]> {
  const bytes = await readFile(path)
  const texts = bytes.toString('utf8').split('\n')
  const lines: Line[] = []
  let size = 0
  for (const [i, text] of texts.slice(0, -1).entries()) {
    try {
      lines.push(frozen(text))
      size += Buffer.byteLength(text) + 1
    } catch {
      if (i < texts.length - 2) throw new StoreError('row_unreadable', `Line ${i + 1} of ${path} is no JSON: mend it.`)
    }
  }
  if (size < bytes.length) await file.truncate(size)
  return lines
}

function listOf(records: readonly TokenRecord[], query: ListQuery): TokenRecord[] {
  const { planId, type, status, search, metadata = {}, metadataKey, order, now, after, limit } = query
  const hasEnded = ({ revokedAt, expiresAt }: TokenRecord): boolean => revokedAt !== null || now >= expiresAt
  const statusOf = (record: TokenRecord): string =>
    !hasEnded(record) ? (record.request ? 'pending' : 'active') : record.revokedAt !== null ? 'revoked' : 'expired'
  const contains = (text: string): boolean => text.toLowerCase().includes(search?.toLowerCase() ?? '')
  const placeOf = (record: TokenRecord): ListPosition =>
    order === 'newest'
      ? { ended: false, at: record.createdAt, id: record.id }
      : { ended: hasEnded(record), at: record.expiresAt, id: record.id }
  const compare = (a: ListPosition, b: ListPosition): number => {
    if (a.ended !== b.ended) return a.ended ? 1 : -1
    const ascending = a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
    return order === 'expiry' && !a.ended ? ascending : -ascending
  }
  return records
    .filter((record) => record.planId === planId && (type ?? record.type) === record.type)
    .filter((record) => (status ?? statusOf(record)) === statusOf(record))
    .filter(({ id, name, description }) => id === (search ?? id) || contains(name) || contains(description))
    .filter(({ metadata: own = {} }) => Object.entries(metadata).every(([key, value]) => own[key] === value))
    .filter(({ metadata: own = {} }) => metadataKey === undefined || Object.hasOwn(own, metadataKey))
    .filter((record) => !after || compare(after, placeOf(record)) < 0)
    .sort((a, b) => compare(placeOf(a), placeOf(b)))
    .slice(0, limit)
}

function eventsOf(log: readonly TokenEvent[], query: EventQuery): TokenEvent[] {
  const { planId, tokenId, after, order = 'oldest', limit } = query
  const isWanted = ({ seq, ...event }: TokenEvent): boolean =>
    (planId === undefined || event.planId === planId) &&
    (tokenId === undefined || event.tokenId === tokenId) &&
    (after === undefined || (order === 'oldest' ? seq > after : seq < after))
  return (order === 'oldest' ? log : log.toReversed()).filter(isWanted).slice(0, limit)
}
