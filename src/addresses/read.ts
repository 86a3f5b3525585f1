/** The list of addresses that an admin gives a token: every mistake at once, and the one spelling of what is right. */
import type { ReadAddresses } from '../core/addresses.ts'
import { type Issue, type IssueCode, issueAt, type Problem } from '../core/issue.ts'
import { parseRange, type Range } from './parse.ts'

/** How many addresses and networks a token may have. */
const MOST = 100

/** Reads a list. What stands in it twice is kept once, in the order in which it was written; a range inside another one is kept. */
export function readRanges(given: unknown): ReadAddresses {
  const wrong = (...what: Problem): ReadAddresses => ({ issues: [issueAt(['addresses'], ...what)] })
  if (!Array.isArray(given)) return wrong('must be a list of addresses and networks.', 'not_a_list')
  if (given.length === 0)
    return wrong(
      'must hold at least one address or network. A token that may be used from anywhere has no list.',
      'addresses_none',
    )
  if (given.length > MOST)
    return wrong(`must hold at most ${MOST} addresses and networks.`, 'addresses_too_many', { most: MOST })
  const issues: Issue[] = []
  const ranges = new Set<string>()
  for (const [i, entry] of (given as readonly unknown[]).entries()) {
    const text = typeof entry === 'string' ? entry.trim() : ''
    const range = parseRange(text)
    if (range?.isNetwork) ranges.add(range.text)
    else {
      issues.push(issueAt(['addresses', i], ...(range ? behindPrefix(range) : problemOf(text))))
    }
  }
  return issues.length > 0 ? { issues } : { ranges: [...ranges] }
}

/** What is said of digits behind a prefix. The network of a mapped address below 96 is none that anybody has meant. */
function behindPrefix({ text, address }: Range): Problem {
  return /^::ffff:[0-9a-f]{1,4}:[0-9a-f]{1,4}$/.test(address)
    ? [
        'is an address of IPv4 in the clothes of IPv6, where prefixes count from 96. Write it as IPv4, with the prefix that it has there.',
        'address_mapped',
      ]
    : [
        `has digits behind its prefix. The network is ${text}, the one address ${address}.`,
        'address_behind_prefix',
        { network: text, address },
      ]
}

/** What is wrong with a text, where that can be told; the first that fits. */
const PROBLEMS: readonly (readonly [pattern: RegExp, message: string, code: IssueCode])[] = [
  [/%/, 'must have no zone behind a percent sign: it means something on one machine alone.', 'address_zone'],
  [/\/\d+\./, 'must say how long the prefix is, such as /24, and not by a mask.', 'address_mask'],
  [/^\[|^[\d.]+:\d+$/, 'must be an address alone, without brackets and a port.', 'address_brackets'],
  [
    /^[\d.]+ *[-,;]|^[0-9a-f:]+ *[-,;]/i,
    'must be one address or one network. Each of several is an entry of the list.',
    'address_several',
  ],
  [/^0x|\.0x/i, 'must have decimal numbers.', 'address_hex'],
  [
    /^(?:.*[:.])?0\d+(?:\.|$|\/)[\d./]*$/,
    'must have no zeros before a number: some read it as octal, and so as another address.',
    'address_zeros',
  ],
  [/^\d+(?:\.\d+){0,2}\.?(?:\/\d+)?$/, 'must have all four numbers of an address of IPv4.', 'address_short'],
  [
    /^[0-9a-f.:]+\/\d+$/i,
    'must be an address and behind it the length of a prefix: 0 to 32 for IPv4, 0 to 128 for IPv6.',
    'address_prefix',
  ],
]

/** No entry that somebody has written is longer. Of what is, the patterns would go over it again and again. */
const LONGEST = 200

function problemOf(text: string): Problem {
  const found = text.length > LONGEST ? undefined : PROBLEMS.find(([pattern]) => pattern.test(text))
  if (found) return [found[1], found[2]]
  const message = 'must be an address or a network, such as "203.0.113.7", "203.0.113.0/24" or "2001:db8::/48".'
  return [message, 'address_malformed']
}
