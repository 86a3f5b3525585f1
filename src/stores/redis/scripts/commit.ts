/** The script that writes a change. Its arguments: stores/redis/store.ts. It answers whether it was written, and by which primary. */
import { CHAIN_START } from '../../../core/chain.ts'
import { BEGIN, FORMAT, type Script } from './begin.ts'
import { SHA256 } from './sha256.ts'

/**
 * Writes a record and its event, or neither: everything that can be refused is asked before the first write, and Redis refuses
 * nothing after it. `true` again for the same call, since some clients send a command twice after a lost connection.
 *
 * The link of the event is the one that the caller has worked out, if it has foreseen what the link is made of; otherwise the script
 * works it out, which takes it as long as all the rest.
 *
 * A change that ends something begins with a command that frees memory, which Redis takes even where it has reached its limit.
 */
export const COMMIT: Script = {
  repeatable: false,
  text: `${BEGIN}${SHA256}
local id, version, call, record, digests = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local plan, created, expires, revoked, ends = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local event, at, eventPlan, eventToken, ending, channel = ARGV[11], ARGV[12], ARGV[13], ARGV[14], ARGV[15], ARGV[16]
local hash, none, gate = ARGV[18], KEYS[2], nil
if ending == '1' then gate = redis.pcall('DEL', none) else gate = redis.pcall('ZADD', none, 'XX', '0', 'none') end
local stop = begin(gate, false)
if stop then return stop end
if ARGV[17] == '1' then
  if forgets() then return { 'refused', 'EVICTS' } end
  for _, command in ipairs({
    { 'DEL', none }, { 'SET', none, '' }, { 'DEL', none }, { 'HSET', none, 'a', '' }, { 'HDEL', none, 'a' },
    { 'ZADD', none, '0', 'a' }, { 'ZREM', none, 'a' }, { 'XADD', none, '1-0', 'a', '' }, { 'DEL', none },
    { 'PUBLISH', channel, '' },
  }) do
    local refused = refusal(redis.pcall(unpack(command)))
    if refused then
      redis.pcall('DEL', none)
      return { 'refused', refused }
    end
  end
end

local token, log = base .. 'token:' .. id, base .. 'events'
local tokenEvents, planEvents = base .. 'token-events:' .. eventToken, base .. 'plan-events:' .. eventPlan
local old = redis.call('HMGET', token, 'version', 'plan', 'created', 'expires', 'revoked', 'digests')
local stored = tonumber(old[1] or '0')
if not stored or (not old[1] and redis.call('EXISTS', token) == 1) then return { 'unreadable' } end
for i = 2, 6 do
  if old[1] and not old[i] then return { 'unreadable' } end
end
if stored >= version then
  local seq = redis.call('ZREVRANGE', tokenEvents, whole(stored - version), whole(stored - version))[1]
  local entry = seq and redis.call('XRANGE', log, seq, seq)[1]
  return { 'ok', entry and entry[2][10] == call and '1' or '0', primary }
end
if stored ~= version - 1 then return { 'ok', '0' } end

local fresh, gone = {}, {}
if digests ~= old[6] then
  local before, after = {}, {}
  local readable, known = pcall(cjson.decode, old[6] or '[]')
  if not readable or type(known) ~= 'table' then return { 'unreadable' } end
  for _, digest in ipairs(known) do
    if type(digest) ~= 'string' then return { 'unreadable' } end
    before[digest] = true
  end
  for _, digest in ipairs(cjson.decode(digests)) do
    after[digest] = true
    if not before[digest] then
      local owner = redis.call('GET', base .. 'digest:' .. digest)
      if owner and owner ~= id then return { 'taken' } end
      fresh[#fresh + 1] = digest
    end
  end
  for digest in pairs(before) do
    if not after[digest] then gone[#gone + 1] = digest end
  end
end

local function index(name, plan) return base .. 'plan-' .. name .. ':' .. plan end
for _, owner in ipairs({ plan, old[2] or plan }) do
  for _, name in ipairs({ 'created', 'expiring', 'revoked' }) do redis.call('ZCARD', index(name, owner)) end
end
for _, key in ipairs({ base .. 'ends', base .. 'ids', planEvents, tokenEvents }) do redis.call('ZCARD', key) end
redis.call('HLEN', base .. 'uses:' .. id)
local seq = tonumber(redis.call('HGET', KEYS[1], 'seq') or '0')
local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', '1')[1]
if not seq or (last and tonumber(string.match(last[1], '^%d+')) > seq) then return { 'lost' } end
local number = whole(seq + 1)

local entry = { 'event', event, 'at', at, 'plan', eventPlan, 'token', eventToken, 'call', call }
if hash ~= '' then
  local before = redis.call('HGET', KEYS[1], 'chain') or '${CHAIN_START}'
  local isForeseen = ARGV[19] == before .. ':' .. number .. ':' .. hash
  entry[11], entry[12] = 'chain', isForeseen and ARGV[20] or sha256(before .. ':' .. number .. ':' .. hash)
end
redis.call('XADD', log, number .. '-0', unpack(entry))
redis.call('HSET', KEYS[1], 'format', '${FORMAT}', 'seq', number)
if entry[12] then redis.call('HSET', KEYS[1], 'chain', entry[12]) end
redis.call('ZADD', planEvents, number, number)
redis.call('ZADD', tokenEvents, number, number)
if old[1] then
  redis.call('ZREM', index('created', old[2]), old[3])
  redis.call('ZREM', index(old[5] == '1' and 'revoked' or 'expiring', old[2]), old[4])
end
redis.call('ZADD', index('created', plan), '0', created)
redis.call('ZADD', index(revoked == '1' and 'revoked' or 'expiring', plan), '0', expires)
redis.call('ZADD', base .. 'ends', ends, id)
redis.call('ZADD', base .. 'ids', '0', id)
redis.call('HSET', token, 'record', record, 'version', ARGV[2], 'plan', plan, 'created', created, 'expires', expires,
  'revoked', revoked, 'digests', digests)
for _, digest in ipairs(fresh) do redis.call('SET', base .. 'digest:' .. digest, id) end
for _, digest in ipairs(gone) do
  redis.call('DEL', base .. 'digest:' .. digest)
  redis.call('HDEL', base .. 'uses:' .. id, digest)
end
redis.call('PUBLISH', channel, number)
return { 'ok', '1', primary, number, entry[12] or redis.call('HGET', KEYS[1], 'chain') or '${CHAIN_START}' }
`,
}
