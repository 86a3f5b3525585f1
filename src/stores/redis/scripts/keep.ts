/** The scripts that write anything but a change: the bound, uses of secrets, named values, and the removal of what ended long ago. */
import { FORMAT, reading, writing } from './begin.ts'

/** Raises the freshness bound and gives it, and which primary it was. */
export const BOUND = writing(
  `
if isLost() then return { 'lost' } end
if forgets() then return { 'refused', 'EVICTS' } end
local bound = redis.call('HGET', KEYS[1], 'bound') or '0'
if tonumber(ARGV[1]) > tonumber(bound) then
  bound = ARGV[1]
  redis.call('HSET', KEYS[1], 'format', '${FORMAT}', 'bound', bound)
end
return { 'ok', bound, primary }
`,
  true,
)

/** Keeps uses of secrets, later ones only: token, digest and moment of each. Tokens that are not there have none. */
export const RECORD_USE = writing(
  `
for i = 1, #ARGV, 3 do
  if redis.call('EXISTS', base .. 'token:' .. ARGV[i]) == 1 then
    local key = base .. 'uses:' .. ARGV[i]
    local known = tonumber(redis.call('HGET', key, ARGV[i + 1]) or '')
    if not known or known < tonumber(ARGV[i + 2]) then redis.call('HSET', key, ARGV[i + 1], ARGV[i + 2]) end
  end
end
return { 'ok' }
`,
  true,
)

/** A value by its name: it and its version, or nothing. */
export const READ_VALUE = reading(`
local kept = redis.call('HMGET', base .. 'value:' .. ARGV[1], 'value', 'version')
if not kept[1] then return { 'ok' } end
return { 'ok', kept[1], kept[2] or '' }
`)

/** Writes a value over the version that is named: name, value, version before, version after. Answers whether it did. */
export const WRITE_VALUE = writing(
  `
local key = base .. 'value:' .. ARGV[1]
if (redis.call('HGET', key, 'version') or '0') ~= ARGV[3] then return { 'ok', '0' } end
redis.call('HSET', key, 'value', ARGV[2], 'version', ARGV[4])
return { 'ok', '1' }
`,
  false,
)

/** Removes a value: name. */
export const REMOVE_VALUE = writing(
  `
redis.call('DEL', base .. 'value:' .. ARGV[1])
return { 'ok' }
`,
  false,
)

/**
 * Tokens of all plans by id: from where, how many, how many bytes about. Answers whether that was all, and id, record and version
 * of each. The index is made where tokens were written before there was one.
 */
export const SCAN = writing(
  `
local ids, from, limit, budget = base .. 'ids', ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('ZCARD', ids) ~= redis.call('ZCARD', base .. 'ends') then
  redis.call('ZUNIONSTORE', ids, '1', base .. 'ends', 'WEIGHTS', '0')
end
local found = redis.call('ZRANGEBYLEX', ids, from, '+', 'LIMIT', '0', whole(limit))
local part, bytes = {}, 0
for i, id in ipairs(found) do
  local token = redis.call('HMGET', base .. 'token:' .. id, 'record', 'version')
  part[#part + 1] = id
  part[#part + 1] = token[1] or ''
  part[#part + 1] = token[2] or ''
  bytes = bytes + string.len(token[1] or '')
  if bytes > budget and i < #found then return { 'ok', '0', part } end
end
return { 'ok', #found < limit and '1' or '0', part }
`,
  true,
)

/** Removes tokens that ended before a moment, with all that is kept of them but their events. Answers how many, and if that was all. */
export const SWEEP_TOKENS = writing(
  `
local before, limit, budget, removed = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), 0
local ids = redis.call('ZRANGEBYSCORE', base .. 'ends', '-inf', '(' .. before, 'LIMIT', '0', whole(limit))
for i, id in ipairs(ids) do
  local token = base .. 'token:' .. id
  local old = redis.call('HMGET', token, 'plan', 'created', 'expires', 'digests')
  local readable, digests = pcall(cjson.decode, old[4] or '[]')
  if readable and type(digests) == 'table' then
    for _, digest in ipairs(digests) do
      local key = base .. 'digest:' .. tostring(digest)
      if redis.call('GET', key) == id then redis.call('DEL', key) end
    end
    budget = budget - #digests
  end
  if old[1] then
    if old[2] then redis.call('ZREM', base .. 'plan-created:' .. old[1], old[2]) end
    if old[3] then
      redis.call('ZREM', base .. 'plan-expiring:' .. old[1], old[3])
      redis.call('ZREM', base .. 'plan-revoked:' .. old[1], old[3])
    end
  end
  removed = removed + redis.call('DEL', token)
  redis.call('DEL', base .. 'uses:' .. id)
  redis.call('ZREM', base .. 'ends', id)
  redis.call('ZREM', base .. 'ids', id)
  budget = budget - 1
  if budget < 0 and i < #ids then return { 'ok', whole(removed), '0' } end
end
return { 'ok', whole(removed), #ids < limit and '1' or '0' }
`,
  false,
)

/** Removes a prefix of the events from before a moment, never the newest. Answers how many. */
export const SWEEP_EVENTS = writing(
  `
local before, limit, log = tonumber(ARGV[1]), tonumber(ARGV[2]), base .. 'events'
local removed, kept = 0, nil
local entries = redis.call('XRANGE', log, '-', '+', 'COUNT', whole(limit + 1))
for i, entry in ipairs(entries) do
  kept = entry[1]
  if i == #entries or removed == limit or tonumber(entry[2][4]) >= before then break end
  local seq = string.match(entry[1], '^%d+')
  redis.call('ZREM', base .. 'plan-events:' .. entry[2][6], seq)
  redis.call('ZREM', base .. 'token-events:' .. entry[2][8], seq)
  removed = removed + 1
end
if removed > 0 then redis.call('XTRIM', log, 'MINID', '=', kept) end
return { 'ok', whole(removed) }
`,
  false,
)
