/**
 * `npm run bench -- http --json FILE [--quick]`: what a guard costs a server. Three sides of each framework on loopback, each in
 * a process of its own: plain, guarded by the bare floor of bench/floor.ts, guarded by the package. Takes about a quarter of an
 * hour; `--quick` takes three minutes and tells less. Needs two cores with nothing else on them.
 */
import { adminList } from './http/admin-list.ts'
import { compare, type Scale } from './http/rounds.ts'
import { buildServers, type Servers } from './http/servers.ts'
import { FRAMEWORKS, type Framework } from './http/sides.ts'
import { median, rounded } from './measure.ts'

/** Figures of one framework: ratios of requests per second. */
interface Guarded {
  /** Ours to guarded by the floor, with an empty handler. */
  readonly ofFloor: number
  /** Ours to plain, with a handler that serialises 50 kB of JSON. */
  readonly ofPlain: number
  /** The same two by the time of a core that a request takes. */
  readonly ofFloorByCpu: number
  readonly ofPlainByCpu: number
  /** How much of a core the servers took, the empty handlers' first. */
  readonly busy: readonly [empty: number, page: number]
  /** The least and the most of `ofFloor` over the starts. */
  readonly ofFloorRange: readonly [least: number, most: number]
}

/** The result that is written to the file. */
export type HttpResult = { readonly [F in Framework]: Guarded } & {
  /** The time of a list of 50 out of 100,000 tokens to that out of 500, in SQLite; and in the store in memory. */
  readonly adminList: number
  readonly adminListInMemory: number
}

/** What each figure may be at most, or at least. */
export const HTTP_LIMITS: { readonly [figure: string]: number | { readonly atLeast: number } } = {
  ...Object.fromEntries(FRAMEWORKS.map((framework) => [`${framework}.ofFloor`, { atLeast: 0.95 }])),
  ...Object.fromEntries(FRAMEWORKS.map((framework) => [`${framework}.ofPlain`, { atLeast: 0.9 }])),
  adminList: 2,
}

/** Processes of the very same server differ too, so each side is started anew a few times. */
const FULL = { starts: 3, rounds: 40, roundMs: 80, tokens: 100_000 }
const QUICK = { starts: 1, rounds: 20, roundMs: 80, tokens: 10_000 }

/** How often each list is read. */
const LISTS = 41

export async function http({ quick }: { readonly quick: boolean }): Promise<HttpResult> {
  const scale = quick ? QUICK : FULL
  const servers = await buildServers()
  try {
    const guarded = {} as { [F in Framework]: Guarded }
    for (const framework of FRAMEWORKS) guarded[framework] = await measure(servers, framework, scale)
    console.error(`… a list of 50 out of ${scale.tokens} tokens`)
    const lists = await adminList(scale.tokens, LISTS)
    return { ...guarded, adminList: rounded(lists.sqlite), adminListInMemory: rounded(lists.memory) }
  } finally {
    servers.remove()
  }
}

/** The medians over all starts. */
async function measure(
  servers: Servers,
  framework: Framework,
  scale: Scale & { readonly starts: number },
): Promise<Guarded> {
  const found: Figures[] = []
  for (let start = 1; start <= scale.starts; start++) {
    console.error(`… ${framework}, start ${start} of ${scale.starts}`)
    found.push(await measureOnce(servers, framework, scale))
  }
  const all = (figure: keyof Figures): readonly number[] => found.map((figures) => figures[figure])
  const middle = (figure: keyof Figures): number => rounded(median(all(figure)))
  return {
    ofFloor: middle('ofFloor'),
    ofPlain: middle('ofPlain'),
    ofFloorByCpu: middle('ofFloorByCpu'),
    ofPlainByCpu: middle('ofPlainByCpu'),
    busy: [middle('busyEmpty'), middle('busyPage')],
    ofFloorRange: [rounded(Math.min(...all('ofFloor'))), rounded(Math.max(...all('ofFloor')))],
  }
}

/** What one start of each side found. */
interface Figures {
  readonly ofFloor: number
  readonly ofPlain: number
  readonly ofFloorByCpu: number
  readonly ofPlainByCpu: number
  readonly busyEmpty: number
  readonly busyPage: number
}

async function measureOnce(servers: Servers, framework: Framework, scale: Scale): Promise<Figures> {
  const plain = await servers.start(framework, 'plain')
  const floor = await servers.start(framework, 'floor')
  const ours = await servers.start(framework, 'ours')
  try {
    const empty = await compare({ floor, ours }, '', scale)
    const page = await compare({ plain, ours }, '/nodes', scale)
    const ofFloor = empty.of('ours', 'floor')
    const ofPlain = page.of('ours', 'plain')
    return {
      ofFloor: ofFloor.perSecond,
      ofPlain: ofPlain.perSecond,
      ofFloorByCpu: ofFloor.cpu,
      ofPlainByCpu: ofPlain.cpu,
      busyEmpty: empty.busy,
      busyPage: page.busy,
    }
  } finally {
    await Promise.all([plain.close(), floor.close(), ours.close()])
  }
}
