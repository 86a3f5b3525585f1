/** Webhooks over TLS: the connection goes to an address that was judged, and the certificate still has to be the name's. */
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certificateFor, type HttpReceiver, hasOpenssl, httpReceiver, NEEDS_OPENSSL } from './receivers.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** Posts one notice in a process that trusts the certificate, and in which a name leads to loopback; what it failed with. */
const program = (url: string): string => `
import { standardWebhooks } from 'plan-access-tokens/outbox/webhooks'
const dns = process.getBuiltinModule('node:dns/promises')
dns.lookup = async () => [{ address: '127.0.0.1', family: 4 }]
const deliver = standardWebhooks({ url: ${JSON.stringify(url)}, secrets: ['whsec_${'A'.repeat(32)}'], allowPrivate: true })
const notice = { id: 'n', type: 'token.created', at: 0, planId: 'p', tokenId: 't' }
const signal = new AbortController().signal
try {
  await deliver(notice, { number: 1, isLast: false, signal })
  console.log('delivered')
} catch (error) {
  console.log(error.code)
}
process.exit(0)
`

describe.skipIf(!hasOpenssl)(hasOpenssl ? 'over TLS' : `over TLS (${NEEDS_OPENSSL})`, () => {
  let certificate: ReturnType<typeof certificateFor>
  let receiver: HttpReceiver
  beforeAll(async () => {
    certificate = certificateFor('hooks.example')
    receiver = await httpReceiver(undefined, certificate)
  })
  afterAll(async () => {
    await receiver?.close()
    certificate?.remove()
  })
  const post = async (host: string, isTrusted = true): Promise<string> => {
    const env = { ...process.env, NODE_OPTIONS: '', ...(isTrusted && { NODE_EXTRA_CA_CERTS: certificate.file }) }
    const flags = ['--import', tsx, '--input-type=module', '--eval', program(`https://${host}:${receiver.port}/`)]
    return (await promisify(execFile)(process.execPath, flags, { cwd: root, env })).stdout.trim()
  }

  it('a receiver with the certificate of its name gets the notice under that name', async () => {
    expect(await post('hooks.example')).toBe('delivered')
    expect(receiver.got.map(({ headers }) => headers.host)).toEqual([`hooks.example:${receiver.port}`])
  })

  it('one with the certificate of another name, or of nobody, does not', async () => {
    const before = receiver.got.length
    expect(await post('other.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    expect(await post('127.0.0.1')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    expect(await post('hooks.example', false)).toMatch(/^(DEPTH_ZERO_)?SELF_SIGNED_CERT/)
    expect(receiver.got).toHaveLength(before)
  })
})
