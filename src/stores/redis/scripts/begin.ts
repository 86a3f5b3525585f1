/**
 * What Redis does in one step are Lua scripts; this is how each of them begins. Records and events pass through as text that no
 * script reads or writes anew, so that numbers, empty lists and letters stay what they were.
 *
 * Each script is given two keys, the state and one that never exists, and builds the others below the same hash tag: which token
 * a digest belongs to, or which plan's index a swept token stood in, is known only inside the step. All lie in one slot. While a
 * cluster moves that slot, some keys are here and some there; since one of the two is missing everywhere, the cluster then says
 * TRYAGAIN to every script instead of letting it see half of a store.
 *
 * The keys: `state` (hash: format, seq, bound, chain), `token:<id>` (hash), `digest:<digest>` (the id of its token), `uses:<id>` (hash), `value:<name>` (hash),
 * `events` (stream, `<seq>-0`, whose entries have their link of the chain), `plan-events:<plan>`, `token-events:<id>` and `ends` (sorted sets by seq and by end), `ids` (a sorted set in their order),
 * `plan-created:<plan>`, `plan-expiring:<plan>`, `plan-revoked:<plan>` (sorted sets in the order of stores/redis/places.ts).
 */

/** The layout of the keys that this code reads and writes. */
export const FORMAT = '1'

/** A script: its text, and whether it may be sent again when a connection was lost. */
export interface Script {
  readonly text: string
  readonly repeatable: boolean
}

/**
 * Begins each script. A write that changes nothing goes through the gate of all writes: a replica refuses it, and so does a
 * primary that has lost the replicas it is told to have, so that nobody reads a state that may be past. A failing disk does not
 * make what is in memory wrong, so reading goes on. A replica with `replica-read-only no` takes writes, so the server is also
 * asked what it is: in the same step, since it may have become another a moment ago (2.5 µs of the server's time).
 */
export const BEGIN = `
local base = string.sub(KEYS[1], 1, -6)
local function refusal(reply)
  if type(reply) == 'table' and reply.err then return reply.err end
end
local function about(section)
  local info = redis.pcall('INFO', section)
  local refused = refusal(info)
  if refused then return '', refused end
  return info
end
local function whole(number)
  return string.format('%.0f', number)
end
local primary = ''
local function begin(gate, mayBeStuck)
  local refused = refusal(gate)
  if refused and not (mayBeStuck and string.find(refused, 'MISCONF', 1, true)) then return { 'refused', refused } end
  local replication, forbidden = about('replication')
  if forbidden then return { 'refused', forbidden } end
  if not string.find(replication, 'role:master', 1, true) then return { 'refused', 'READONLY' } end
  primary = string.match(replication, 'master_replid:(%w+)') or ''
  local format = redis.call('HGET', KEYS[1], 'format')
  if format and format ~= '${FORMAT}' then return { 'newer', format } end
end
local function forgets()
  local memory = about('memory')
  return string.find(memory, 'maxmemory_policy:allkeys', 1, true) and not string.find(memory, 'maxmemory:0%c')
end
local function isLost()
  return redis.call('HEXISTS', KEYS[1], 'seq') == 0 and redis.call('XLEN', base .. 'events') > 0
end
`

const READING = `${BEGIN}
local stop = begin(redis.pcall('DEL', KEYS[2]), true)
if stop then return stop end
`

const WRITING = `${BEGIN}
local stop = begin(redis.pcall('DEL', KEYS[2]), false)
if stop then return stop end
`

/** A script that changes nothing. */
export const reading = (text: string): Script => ({ text: READING + text, repeatable: true })
/** A script that changes something; `repeatable` if doing it twice is doing it once. */
export const writing = (text: string, repeatable: boolean): Script => ({ text: WRITING + text, repeatable })
