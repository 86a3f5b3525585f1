/** The scripts that read. Their answers begin with a word: `ok`, or what stores/redis/store.ts makes an error of. */
import { reading } from './begin.ts'

/** A token by its id. Answers `ok` alone, or with id, record and version. */
export const FIND = reading(`
local token = redis.call('HMGET', base .. 'token:' .. ARGV[1], 'record', 'version')
if not token[1] and not token[2] then return { 'ok' } end
return { 'ok', ARGV[1], token[1] or '', token[2] or '' }
`)

/** The token that a digest belongs to. */
export const FIND_BY_DIGEST = reading(`
local id = redis.call('GET', base .. 'digest:' .. ARGV[1])
if not id then return { 'ok' } end
local token = redis.call('HMGET', base .. 'token:' .. id, 'record', 'version')
if not token[1] and not token[2] then return { 'ok' } end
return { 'ok', id, token[1] or '', token[2] or '' }
`)

/**
 * Tokens in order: how many, how many bytes about, then stage after stage a direction and two indexes that are merged, each with
 * key, from, to (the second key may be empty). Answers for each stage whether that was all of it, and place, record and version of
 * each token; a stage that is left off is the last. Lua's own comparison follows the server's locale, so bytes are compared.
 */
export const PAGE = reading(`
local function isBehind(one, other)
  for i = 1, math.min(#one, #other) do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then return a > b end
  end
  return #one > #other
end
local left, budget, bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), 0
local reply = { 'ok' }
for i = 3, #ARGV, 7 do
  local up = ARGV[i] == 'up'
  local function placesIn(at)
    if ARGV[at] == '' then return {} end
    local order = up and 'ZRANGEBYLEX' or 'ZREVRANGEBYLEX'
    return redis.call(order, base .. ARGV[at], ARGV[at + 1], ARGV[at + 2], 'LIMIT', '0', whole(left + 1))
  end
  local one, other, part = placesIn(i + 1), placesIn(i + 4), {}
  local a, b, taken, all = 1, 1, 0, true
  while one[a] or other[b] do
    if taken == left or (#part > 0 and bytes > budget) then
      all = false
      break
    end
    local place = one[a]
    if not place or (other[b] and isBehind(place, other[b]) == up) then
      place, b = other[b], b + 1
    else
      a = a + 1
    end
    local token = redis.call('HMGET', base .. 'token:' .. string.sub(place, 19), 'record', 'version')
    part[#part + 1] = place
    part[#part + 1] = token[1] or ''
    part[#part + 1] = token[2] or ''
    bytes = bytes + string.len(token[1] or '')
    taken = taken + 1
  end
  left = left - taken
  reply[#reply + 1] = all and '1' or '0'
  reply[#reply + 1] = part
  if not all then return reply end
end
return reply
`)

/**
 * The events of the log or of an index after a place: index, direction, from, how many, how many bytes about. Answers whether that was
 * all, and number, event and link of each.
 */
export const EVENTS = reading(`
local index, up, from, left, budget = ARGV[1], ARGV[2] == 'up', ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local log, part, bytes, all = base .. 'events', {}, 0, false
local function take(entry)
  part[#part + 1] = string.match(entry[1], '^%d+')
  part[#part + 1] = entry[2][2]
  part[#part + 1] = entry[2][12] or ''
  bytes = bytes + string.len(entry[2][2])
  left = left - 1
end
if index == '' then
  while left > 0 and bytes <= budget and not all do
    local step = math.min(left, 50)
    local found
    if up then found = redis.call('XRANGE', log, from, '+', 'COUNT', step)
    else found = redis.call('XREVRANGE', log, from, '-', 'COUNT', step) end
    for _, entry in ipairs(found) do take(entry) end
    all = #found < step
    if #found > 0 then from = '(' .. found[#found][1] end
  end
else
  local found
  if up then found = redis.call('ZRANGEBYSCORE', base .. index, from, '+inf', 'LIMIT', 0, left)
  else found = redis.call('ZREVRANGEBYSCORE', base .. index, from, '-inf', 'LIMIT', 0, left) end
  all = #found < left
  for _, seq in ipairs(found) do
    if bytes > budget then
      all = false
      break
    end
    for _, entry in ipairs(redis.call('XRANGE', log, seq, seq)) do take(entry) end
  end
end
return { 'ok', all and '1' or '0', part }
`)

/** The uses of each of these tokens, as digest, moment, digest, moment … */
export const LAST_USE = reading(`
local reply = { 'ok' }
for i, id in ipairs(ARGV) do reply[i + 1] = redis.call('HGETALL', base .. 'uses:' .. id) end
return reply
`)
