/** A certificate that signs itself (X.509 in DER), for `localhost` and for clients that speak nothing but `https` to Figma's API. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const LIFETIME = 3_600_000

/** Tag, length and contents; lengths below 64 kB. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value))
const utc = (ms: number): Buffer => text(0x17, `${new Date(ms).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`)

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'))
const NAME = sequence(der(0x31, sequence(oid('550403'), text(0x0c, 'localhost'))))
const names = ['localhost', 'api.figma.com'].map((name) => text(0x82, name))
const ALTERNATIVE_NAMES = sequence(oid('551d11'), der(0x04, sequence(...names)))
const VERSION_3 = der(0xa0, der(0x02, Buffer.from([2])))

/** Makes a key and its certificate, in PEM. It has begun an hour ago, and holds for one more. */
export function selfSigned(now = Date.now()): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signed = sequence(
    VERSION_3,
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ECDSA_WITH_SHA256,
    NAME,
    sequence(utc(now - LIFETIME), utc(now + LIFETIME)),
    NAME,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(ALTERNATIVE_NAMES)),
  )
  const signature = der(0x03, Buffer.from([0]), sign('sha256', signed, privateKey))
  const body = sequence(signed, ECDSA_WITH_SHA256, signature).toString('base64')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${body.replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`,
  }
}
