/**
 * A leaky bucket in one step, for `customIncrTtlLuaScript` of rate-limiter-flexible: its own script counts in windows, where twice
 * the limit may come about a border, and waits to the end of one.
 */
import type { Script } from '../../stores/redis/scripts/begin.ts'

/**
 * The key holds how much has been taken and has not leaked yet, and when that was, in microseconds of the server's clock. Answers as
 * the library reads it: how much is taken, more than the bucket holds for a refusal, and in how many milliseconds it is full. A clock
 * that was set back leaks nothing until it goes on from there. 1e-9 is for what is lost in divisions.
 */
export const LEAKY_BUCKET: Script = {
  repeatable: false,
  text: `
local cost, most, window = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4]) * 1000000
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local level = 0
local kept = redis.call('GET', KEYS[1])
if kept then
  local was, at = string.match(kept, '^(%S+) (%S+)$')
  level = math.max(0, math.min(tonumber(was), most) - math.max(0, now - tonumber(at)) * most / window)
end
local isOver = level + cost > most + 1e-9
if not isOver then level = level + cost end
local ms = math.ceil(level * window / most / 1000)
if cost > 0 and ms > 0 then redis.call('SET', KEYS[1], string.format('%.17g %.0f', level, now), 'PX', ms) end
if isOver then return { most + cost, ms } end
return { math.ceil(level - 1e-9), ms }
`,
}
