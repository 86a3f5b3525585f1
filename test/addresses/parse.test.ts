/** One address, ten spellings: which of them are read, and as what. Held against Node's `net`, the URL standard, and plain numbers. */
import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLists } from '../../src/addresses/list.ts'
import { parseRange } from '../../src/addresses/parse.ts'
import { readRanges } from '../../src/addresses/read.ts'
import { type Address, anyAddress, bitsOf, isIn, isMapped, networkOf, plain, spellingsOf } from './model.ts'

/** RFC 5952, as URLs have it. */
const canonical = (text: string): string =>
  text.includes(':') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text

/** 203.0.113.7, and whether that is what it says. */
const SPELLINGS: readonly (readonly [text: string, readAs: string | undefined])[] = [
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['0:0:0:0:0:ffff:cb00:7107', '203.0.113.7'],
  ['0000:0000:0000:0000:0000:ffff:203.0.113.7', '203.0.113.7'],
  // Not mapped but "compatible", which nobody has been given since 2006 (RFC 4291, section 2.5.5.1), translated, and of a tunnel.
  ['::203.0.113.7', '::cb00:7107'],
  ['64:ff9b::203.0.113.7', '64:ff9b::cb00:7107'],
  ['2002:cb00:7107::', '2002:cb00:7107::'],
  ['0313.0.0161.7', undefined],
  ['203.000.113.007', undefined],
  ['203.0.113.07', undefined],
  ['::ffff:203.0.113.07', undefined],
  ['0xcb.0x0.0x71.0x7', undefined],
  ['0xcb007107', undefined],
  ['3405803783', undefined],
  ['203.0.28935', undefined],
  ['203.28935', undefined],
  ['203.0.113', undefined],
  ['203.0.113.7.', undefined],
  ['.203.0.113.7', undefined],
  ['203.0.113.263', undefined],
  ['203.0.113.-7', undefined],
  ['203.0.113.7:443', undefined],
  ['[::ffff:203.0.113.7]', undefined],
  ['::ffff:203.0.113.7%eth0', undefined],
  ['fe80::1%25eth0', undefined],
  [' 203.0.113.7', undefined],
  ['203.0.113.7\n', undefined],
  ['203.0.113.7,198.51.100.1', undefined],
  ['203.0.113.7\u0000', undefined],
  ['２０３.0.113.7', undefined],
  ['203。0。113。7', undefined],
  ['localhost', undefined],
  ['', undefined],
  ['::ffff:0:203.0.113.7', '::ffff:0:cb00:7107'],
  ['00000::1', undefined],
  ['1::2::3', undefined],
  ['1:2:3:4:5:6:7', undefined],
  ['1:2:3:4:5:6:7:8:9', undefined],
]

describe('an address', () => {
  it.each(SPELLINGS)('%j is read as %s', (text, readAs) => {
    expect(parseRange(text)?.text).toBe(readAs)
    // As a list of the address itself has it.
    expect(createLists()(['203.0.113.7'])(text)).toBe(readAs === '203.0.113.7')
  })

  it('has all spellings that its standard gives it, and one that is shown', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        for (const text of spellingsOf(address)) expect(parseRange(text)?.text, text).toBe(canonical(plain(address)))
      }),
    )
  })

  it('is read where inet_pton reads it, and nowhere else', () => {
    const letters = fc.constantFrom(...'0123456789abcdefABCDEF.:.:.:xg%/- ')
    const texts = fc.oneof(
      fc.string({ unit: letters, maxLength: 45 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.')),
      fc
        .array(fc.constantFrom('', '0', '1', 'ffff', '12345', '00a', '1.2.3.4'), { maxLength: 9 })
        .map((parts) => parts.join(':')),
      anyAddress.chain((address) => fc.constantFrom(...spellingsOf(address))),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const isRead = parseRange(text) !== undefined && !text.includes('/')
        expect(isRead, text).toBe(isIP(text) !== 0 && !text.includes('%'))
      }),
      { numRuns: 2_000 },
    )
  })
})

const anyNetwork = anyAddress.chain((address) =>
  fc.integer({ min: 0, max: bitsOf(address) }).map((prefix) => ({ network: networkOf(address, prefix), prefix })),
)
type Network = { readonly network: Address; readonly prefix: number }
const kind = ({ family }: Address): 'ipv4' | 'ipv6' => (family === 4 ? 'ipv4' : 'ipv6')
const textOf = ({ network, prefix }: Network): string => `${plain(network)}/${prefix}`

describe('an entry of a list', () => {
  // Each of these took the square of its length, of what anybody may send who is signed in.
  it.each(['.00', '00.', ':00', '0.', '1.', '/1', '00', ' -', ':', '%'])(
    'is told to be none as soon as it is read, however long: %s',
    (piece) => {
      const { issues, ranges } = readRanges([`${piece.repeat(1_300_000)}x`])
      expect(ranges).toBeUndefined()
      expect(issues).toMatchObject([{ code: 'address_malformed', at: ['addresses', 0] }])
    },
  )
})

describe('a list', () => {
  /** An address that lies in a network, or right beside it. */
  const near = ({ network, prefix }: Network, by: bigint): Address => {
    const size = 1n << BigInt(bitsOf(network) - prefix)
    const largest = (1n << BigInt(bitsOf(network))) - 1n
    const value = network.value + (by % 2n === 0n ? size : 0n) + (by % 3n) - 1n
    return { ...network, value: value < 0n ? 0n : value > largest ? largest : value }
  }

  it('holds what lies in one of its networks, by plain arithmetic and by Node', () => {
    const cases = fc.record({
      networks: fc.array(anyNetwork, { minLength: 1, maxLength: 20 }),
      others: fc.array(anyAddress, { maxLength: 5 }),
      by: fc.bigInt({ min: 0n, max: 5n }),
      spelling: fc.nat(),
    })
    fc.assert(
      fc.property(cases, ({ networks, others, by, spelling }) => {
        const holds = createLists()(networks.map(textOf))
        // One for each family: Node has all of IPv4 in ::/0.
        const blocks = { 4: new BlockList(), 6: new BlockList() }
        for (const { network, prefix } of networks)
          blocks[network.family].addSubnet(plain(network), prefix, kind(network))
        for (const address of [...networks.map((one) => near(one, by)), ...others]) {
          if (address.family === 6 && isMapped(address.value)) continue
          const spellings = spellingsOf(address)
          const text = spellings[spelling % spellings.length] as string
          const expected = networks.some(({ network, prefix }) => isIn(address, network, prefix))
          // Twice: what is remembered is what was said.
          for (const said of [holds(text), holds(text)]) expect(said, text).toBe(expected)
          expect(blocks[address.family].check(plain(address), kind(address)), text).toBe(expected)
        }
      }),
    )
  })

  it('holds nothing that is no address, whatever it is', () => {
    const holds = createLists()(['0.0.0.0/0', '::/0'])
    expect([holds('203.0.113.7'), holds('2001:db8::1')]).toEqual([true, true])
    const odd = [
      undefined,
      null,
      '',
      7,
      {},
      [],
      ['203.0.113.7'],
      '203.0.113.0/24',
      '::/0',
      Symbol('x'),
      () => '::1',
      'x'.repeat(1e6),
    ]
    for (const one of odd) expect(holds(one)).toBe(false)
  })

  it('of IPv6 holds no address of IPv4, in whichever clothes, and the reverse', () => {
    const v6 = createLists()(['::/0'])
    for (const text of ['203.0.113.7', '::ffff:203.0.113.7', '::ffff:cb00:7107']) expect(v6(text)).toBe(false)
    expect(createLists()(['0.0.0.0/0'])('::cb00:7107')).toBe(false)
    expect(createLists()(['::ffff:203.0.113.0/120'])('203.0.113.9')).toBe(true)
  })

  it('leaves out what a store gave and nobody can read, and is not wider for it', () => {
    const lists = createLists()
    const stored = ['203.0.113.7', 'x', 7, null, '203.0.113.9/8', '', ['198.51.100.0/24']]
    const holds = lists(stored)
    expect([holds('203.0.113.7'), holds('198.51.100.1'), holds('203.1.1.1')]).toEqual([true, false, false])
    expect(lists([])('203.0.113.7')).toBe(false)
  })

  it('remembers no more than it may, and says the same of what it has forgotten', () => {
    const lists = createLists()
    for (let i = 0; i < 1_500; i++) {
      const own = `10.0.${i >> 8}.${i & 255}`
      const holds = lists([own])
      for (let j = 0; j < 3; j++) expect(holds(`10.0.${(i + j) >> 8}.${(i + j) & 255}`)).toBe(j === 0)
    }
    const holds = lists(['10.0.0.0/9'])
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 1_000; i++) expect(holds(`10.${i & 255}.${i >> 8}.1`)).toBe((i & 255) < 128)
  })
})
