/**
 * SHA-256 for Redis' Lua, which has SHA-1 alone. Worked out by the server, so that a link follows from the newest one whoever
 * writes at the same moment, and no writer has to come back. One link takes it a part of a millisecond (bench/audit.ts), and so it is
 * only worked out here where the writer has not foreseen it.
 */

/** Fractional parts of the cube roots of the first 64 primes (FIPS 180-4). */
const K = wordsOf(Math.cbrt, 64)
/** Those of the square roots of the first eight. */
const H = wordsOf(Math.sqrt, 8)

/** Defines `sha256(text)`, which gives hexadecimal. */
export const SHA256 = `
local function sha256(text)
  local band, bnot, bxor, ror, rshift, tobit = bit.band, bit.bnot, bit.bxor, bit.ror, bit.rshift, bit.tobit
  local K = { ${K.join(',')} }
  local h = { ${H.join(',')} }
  local length = #text
  local high, low = math.floor(length / 536870912), (length * 8) % 4294967296
  local function bytes(n)
    return string.char(math.floor(n / 16777216) % 256, math.floor(n / 65536) % 256, math.floor(n / 256) % 256, n % 256)
  end
  text = text .. '\\128' .. string.rep('\\0', (55 - length) % 64) .. bytes(high) .. bytes(low)
  local w = {}
  for at = 1, #text, 64 do
    for i = 0, 15 do
      local p, q, r, s = string.byte(text, at + i * 4, at + i * 4 + 3)
      w[i + 1] = tobit(p * 16777216 + q * 65536 + r * 256 + s)
    end
    for i = 17, 64 do
      local x, y = w[i - 15], w[i - 2]
      w[i] = tobit(w[i - 16] + bxor(ror(x, 7), ror(x, 18), rshift(x, 3)) + w[i - 7] + bxor(ror(y, 17), ror(y, 19), rshift(y, 10)))
    end
    local a, b, c, d, e, f, g, z = h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8]
    for i = 1, 64 do
      local one = z + bxor(ror(e, 6), ror(e, 11), ror(e, 25)) + bxor(band(e, f), band(bnot(e), g)) + K[i] + w[i]
      local two = bxor(ror(a, 2), ror(a, 13), ror(a, 22)) + bxor(band(a, b), band(a, c), band(b, c))
      z, g, f, e, d, c, b, a = g, f, e, tobit(d + one), c, b, a, tobit(one + two)
    end
    h[1], h[2], h[3], h[4] = tobit(h[1] + a), tobit(h[2] + b), tobit(h[3] + c), tobit(h[4] + d)
    h[5], h[6], h[7], h[8] = tobit(h[5] + e), tobit(h[6] + f), tobit(h[7] + g), tobit(h[8] + z)
  end
  for i = 1, 8 do h[i] = bit.tohex(h[i]) end
  return table.concat(h)
end
`

/** The first 32 bits behind the point, as whole numbers. A number of JavaScript has the 36 that are needed. */
function wordsOf(root: (n: number) => number, count: number): readonly number[] {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return primes.map((prime) => Math.floor((root(prime) % 1) * 2 ** 32))
}
