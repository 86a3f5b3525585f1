/** Mistakes in lists: filters that are too wide or too narrow, orders with gaps, places that are counted. */
import type { ListQuery, TokenRecord } from 'plan-access-tokens'
import { comparePlaces, LIST_RULES, type ListRules, listOf, placeOf, sortedOf } from './plain-store.ts'
import { type Planted, planted } from './planted-store.ts'

const NEWEST = 'list by newest goes by createdAt and then by id, both descending, whenever they were written'
const EXPIRY = 'list by expiry goes by the soonest end of the active ones, then by the latest end of all others'
const TIES = 'tokens of the same moment are listed by id, byte by byte'
const STATUS = 'list by status judges each token at `now`, exactly to the millisecond'
const PENDING = 'list tells tokens that wait for an approval from active ones, in both orders and to the millisecond'
const PENDING_PAGES =
  'pages of a list of what waits, or of what is active, are full and go on where the one before ended'
const COLLECTED = 'a token that was asked for becomes active when its secret is there, and the list says so'
const NOW = 'list judges by the `now` of the query and by no other clock'
const PLAN = 'list gives the tokens of exactly this plan'
const TYPE = 'list by type gives the tokens of exactly this type'
const SEARCH = 'list by search finds a part of a name or a description in any letter case, in any script'
const LITERAL = 'list by search takes every character for itself'
const WHOLE_ID = 'list by search finds a token by its whole id and not by a part of it'
const WORDS = 'list by metadata finds tokens that have all the words, each to the letter and under its own key'
const WORD_PAGES = 'pages of a list by metadata are full, however many tokens lie between that only look like it'
const LIMIT = 'list gives as many as were asked for if there are so many that fit all filters'
const PLACE = 'a list goes on behind any place, also behind that of a token that is not there'
const TOGETHER = 'filters, order, moment, place and limit hold together'
const WRITES = 'paging neither skips nor repeats while tokens are added, changed and ended'
const REMOVED = 'paging goes on behind a token that was removed meanwhile'

/** A store whose lists have one wrong rule. */
const withRule = (mistake: string, caughtBy: string | string[], says: string, rules: Partial<ListRules>): Planted =>
  planted(mistake, caughtBy, says, (data) => ({
    list: async (query) => structuredClone(listOf(data.records.values(), query, { ...LIST_RULES, ...rules })),
  }))

/** A store whose lists are made in another way. */
const withList = (
  mistake: string,
  caughtBy: string | string[],
  says: string,
  make: (records: readonly TokenRecord[], query: ListQuery) => readonly TokenRecord[],
): Planted =>
  planted(mistake, caughtBy, says, (data) => ({
    list: async (query) => structuredClone([...make([...data.records.values()], query)]),
  }))

/** Without what was asked for. */
const without = (query: ListQuery, ...fields: (keyof ListQuery)[]): ListQuery =>
  Object.fromEntries(
    Object.entries(query).filter(([field]) => !fields.some((name) => name === field)),
  ) as unknown as ListQuery

const ascii = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
const like = (search: string): RegExp =>
  new RegExp(
    search
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('%', '.*')
      .replaceAll('_', '.'),
    'isu',
  )

export const MISTAKEN_LISTS: readonly Planted[] = [
  withList('lists in the order of writing', NEWEST, 'wrong order', (records, query) =>
    query.order === 'newest' ? records.filter(({ planId }) => planId === query.planId) : listOf(records, query),
  ),
  withList('lists the oldest first', NEWEST, 'wrong order', (records, query) =>
    query.order === 'newest' ? sortedOf(records, query).toReversed().slice(0, query.limit) : listOf(records, query),
  ),
  withList('lists those that ended in the order of those that will', EXPIRY, 'ends next', (records, query) => {
    const rules = { ...LIST_RULES, statusAt: () => 'active' }
    if (query.order === 'newest') return listOf(records, query)
    const isActive = (record: TokenRecord): boolean => LIST_RULES.statusAt(record, query.now) === 'active'
    const fit = records.filter((record) => sortedOf([record], query).length > 0)
    return sortedOf(fit, without(query, 'status'), rules)
      .sort((a, b) => Number(isActive(b)) - Number(isActive(a)))
      .slice(0, query.limit)
  }),
  withRule('takes a revoked token for one that goes on', EXPIRY, 'not on top', {
    statusAt: ({ expiresAt }, now) => (now < expiresAt ? 'active' : 'expired'),
  }),
  withRule('orders ids as people do', TIES, 'repeats some', { compareIds: (a, b) => a.localeCompare(b) }),
  withRule('leaves ties as they come', TIES, 'repeats some', { compareIds: () => 0 }),
  withRule('orders ids without regard to letter case', TIES, 'instead of', {
    compareIds: (a, b) => LIST_RULES.compareIds(a.toLowerCase(), b.toLowerCase()),
  }),
  withRule('lets a token work in the millisecond of its end', STATUS, 'shown as active', {
    statusAt: ({ revokedAt, expiresAt }, now) =>
      revokedAt !== null ? 'revoked' : now <= expiresAt ? 'active' : 'expired',
  }),
  withRule('takes a token whose revocation lies ahead for active', STATUS, 'shown as active', {
    statusAt: (record, now) =>
      record.revokedAt !== null && record.revokedAt > now ? 'active' : LIST_RULES.statusAt(record, now),
  }),
  withRule('judges the status in whole seconds', STATUS, 'shown as active', {
    statusAt: (record, now) => LIST_RULES.statusAt(record, Math.floor(now / 1_000) * 1_000),
  }),
  withRule('judges the status by its own clock', NOW, 'whose moment is fixed', {
    statusAt: (record) => LIST_RULES.statusAt(record, Date.now()),
  }),
  withRule('takes what waits for active', PENDING, 'has approved', {
    statusAt: ({ request: _, ...record }, now) => LIST_RULES.statusAt(record, now),
  }),
  withRule('takes what was ever asked for to wait', COLLECTED, 'stays in the list', {
    statusAt: (record, now) => {
      const status = LIST_RULES.statusAt(record, now)
      return status === 'active' && record.id === 'asked' ? 'pending' : status
    },
  }),
  withRule('looks for what waits in the text of a token', [PENDING, PENDING_PAGES], 'instead of', {
    statusAt(record, now) {
      const { request: _, ...rest } = record
      const status = LIST_RULES.statusAt(rest, now)
      return status === 'active' && JSON.stringify(record).includes('request') ? 'pending' : status
    },
  }),
  withList('cuts a page before it looks at what waits', PENDING_PAGES, 'too short', (records, query) => {
    const isLiving = query.status === 'active' || query.status === 'pending'
    if (!isLiving) return listOf(records, query)
    const living = records.filter((record) => !placeOf(record, { ...query, order: 'expiry' }).ended)
    return sortedOf(listOf(living, without(query, 'status')), query)
  }),
  withRule('lists the tokens of all plans', PLAN, 'another one', { isOfPlan: () => true }),
  withRule('takes plans in any letter case', PLAN, 'another one', {
    isOfPlan: (record, planId) => record.planId.toLowerCase() === planId.toLowerCase(),
  }),
  withRule('takes a plan’s id for the beginning of it', PLAN, 'another one', {
    isOfPlan: (record, planId) => record.planId.startsWith(planId),
  }),
  withRule('ignores accents in plans', PLAN, 'another one', {
    isOfPlan: (record, planId) => plain(record.planId) === plain(planId) && record.planId.length === planId.length,
  }),
  withRule('takes types in any letter case', TYPE, 'those of another', {
    isOfType: (record, type) => record.type.toLowerCase() === type.toLowerCase(),
  }),
  withRule('ignores the type', [TYPE, TOGETHER], 'instead of', { isOfType: () => true }),
  withRule('knows letter case in ASCII alone', SEARCH, 'does not find it', {
    isFound: ({ id, name, description }, search) =>
      id === search || ascii(name).includes(ascii(search)) || ascii(description).includes(ascii(search)),
  }),
  withRule('minds letter case', SEARCH, 'does not find it', {
    isFound: ({ id, name, description }, search) =>
      id === search || name.includes(search) || description.includes(search),
  }),
  withRule('ignores accents in a search', SEARCH, 'instead of', {
    isFound: ({ id, name, description }, search) =>
      id === search || plain(name).includes(plain(search)) || plain(description).includes(plain(search)),
  }),
  withRule('searches names alone', SEARCH, 'does not find it', {
    isFound: ({ id, name }, search) => id === search || name.toLowerCase().includes(search.toLowerCase()),
  }),
  withRule('searches names from their beginning', SEARCH, 'does not find it', {
    isFound: ({ id, name, description }, search) =>
      [name, description].some((text) => text.toLowerCase().startsWith(search.toLowerCase())) || id === search,
  }),
  withRule('takes % and _ for placeholders', LITERAL, 'finds everything', {
    isFound: ({ id, name, description }, search) =>
      id === search || like(search).test(name) || like(search).test(description),
  }),
  withRule('takes a search for a regular expression', LITERAL, 'fails', {
    isFound: ({ id, name, description }, search) => {
      const pattern = new RegExp(search, 'iu')
      return id === search || pattern.test(name) || pattern.test(description)
    },
  }),
  withRule('finds nothing for a search that looks like a query', LITERAL, 'instead of', {
    isFound: (record, search) => !/['"\\]/.test(search) && LIST_RULES.isFound(record, search),
  }),
  withRule('knows nothing of metadata', [WORDS, WORD_PAGES], 'instead of', { hasWord: () => true }),
  withRule('takes words in any letter case', WORDS, 'those of another', {
    hasWord: ({ metadata = {} }, key, value) =>
      metadata[key]?.toLowerCase() === (value ?? metadata[key])?.toLowerCase(),
  }),
  withRule('takes no notice of spaces behind a word', WORDS, 'those of another', {
    hasWord: ({ metadata = {} }, key, value) =>
      Object.hasOwn(metadata, key) && (value === undefined || metadata[key]?.trimEnd() === value.trimEnd()),
  }),
  withRule('looks for words in the text of all that a token has', [WORDS, WORD_PAGES], 'instead of', {
    hasWord: ({ metadata, contact }, key, value) => {
      const pair = value === undefined ? '"' : JSON.stringify(value)
      return JSON.stringify({ metadata, contact }).includes(`${JSON.stringify(key)}:${pair}`)
    },
  }),
  withRule('takes a dot in a key for a path', WORDS, 'misses some', {
    hasWord: (record, key, value) => !key.includes('.') && LIST_RULES.hasWord(record, key, value),
  }),
  withList('cuts a page before it looks at metadata', [WORD_PAGES], 'too short', (records, query) => {
    const { metadata = {}, metadataKey: _, ...rest } = query
    return listOf(records, rest).filter((record) =>
      Object.entries(metadata).every(([key, value]) => LIST_RULES.hasWord(record, key, value)),
    )
  }),
  withRule('searches parts of ids', WHOLE_ID, 'finds several', {
    isFound: (record, search) => LIST_RULES.isFound(record, search) || record.id.includes(search),
  }),
  withRule('searches ids in any letter case', WHOLE_ID, 'finds several', {
    isFound: (record, search) => LIST_RULES.isFound(record, search) || record.id.toLowerCase() === search.toLowerCase(),
  }),
  withRule('does not search ids', WHOLE_ID, 'does not find the token', {
    isFound: ({ name, description }, search) =>
      name.toLowerCase().includes(search.toLowerCase()) || description.toLowerCase().includes(search.toLowerCase()),
  }),
  withList('filters after it has counted', LIMIT, 'never shown', (records, query) => {
    const page = listOf(records, without(query, 'type', 'status', 'search'))
    return sortedOf(page, query)
  }),
  withList('ignores the limit', LIMIT, 'instead of', (records, query) => listOf(records, { ...query, limit: 9_999 })),
  withList(
    'gives 100 at most',
    'a plan with 520 tokens, and its log, are given in pages as large as the service asks for',
    'cannot be revoked',
    (records, query) => listOf(records, { ...query, limit: Math.min(100, query.limit) }),
  ),
  withList('gives the last token again', [PLACE, WRITES], 'to', (records, query) =>
    sortedOf(records, query)
      .filter((record) => !query.after || comparePlaces(query.after, placeOf(record, query), query) <= 0)
      .slice(0, query.limit),
  ),
  withList('goes on behind the moment and forgets the id', [PLACE, WRITES], 'to', (records, query) =>
    listOf(records, {
      ...query,
      ...(query.after && { after: { ...query.after, id: query.order === 'newest' ? '' : '~' } }),
    }),
  ),
  withList(
    'looks for the last token in the list and begins anew where it is gone',
    [PLACE, REMOVED],
    'to',
    (records, query) => {
      const all = sortedOf(records, query)
      const index = all.findIndex(({ id }) => id === query.after?.id)
      return all.slice(index + 1, index + 1 + query.limit)
    },
  ),
  withList('forgets the filters on the second page', TOGETHER, 'to', (records, query) =>
    listOf(records, query.after ? { ...without(query, 'type', 'status', 'search'), planId: query.planId } : query),
  ),
  planted('counts how many were shown', WRITES, 'twice', (data) => {
    const shown = new Map<string, number>()
    return {
      async list(query) {
        const key = JSON.stringify([query.planId, query.order, query.type, query.status, query.search])
        const offset = query.after ? (shown.get(key) ?? 0) : 0
        // The service asks for one more than it shows.
        shown.set(key, offset + query.limit - 1)
        return structuredClone(sortedOf(data.records.values(), query).slice(offset, offset + query.limit))
      },
    }
  }),
]
