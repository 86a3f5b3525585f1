/** Holds requests and answers against the OpenAPI document that was served, with ajv in the dialect of OpenAPI 3.1. */
import { Ajv2020 } from 'ajv/dist/2020.js'

/** An answer as far as the document speaks of it. */
interface Answered {
  readonly status: number
  readonly type: string
  readonly body: unknown
}

/** A document that was served. */
export interface Contract {
  readonly document: Document
  /** What was answered so far: `'createToken 201'`. */
  readonly seen: Set<string>
  /** Throws unless the document has said so. */
  check(request: Request, sent: Uint8Array | undefined, answered: Answered): void
}

interface Operation {
  readonly operationId: string
  readonly requestBody?: { readonly content: Content }
  readonly responses: { readonly [status: string]: { readonly content?: Content; readonly headers?: object } }
}
type Content = { readonly [type: string]: object }

/** As much of an OpenAPI document as is looked at here. */
interface Document {
  readonly openapi: string
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  readonly components: { readonly schemas: { readonly [name: string]: object } }
}

const pointer = (...names: readonly (string | number)[]): string =>
  `openapi#/${names.map((name) => encodeURIComponent(String(name).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`

export function contractOf(served: object, basePath = ''): Contract {
  const document = served as Document
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addSchema({ ...document, $id: 'openapi' }, undefined, undefined, false)
  const validate = (value: unknown, what: string, ...path: (string | number)[]): void => {
    const check =
      ajv.getSchema(pointer('paths', ...path, 'schema')) ?? ajv.compile({ $ref: pointer('paths', ...path, 'schema') })
    if (!check(value)) throw new Error(`${what}: ${ajv.errorsText(check.errors)}\n${JSON.stringify(value)}`)
  }
  const seen = new Set<string>()
  return {
    document,
    seen,
    check(request, sent, { status, type, body }) {
      const { pathname } = new URL(request.url)
      const path = pathname.startsWith(basePath) ? pathOf(document, pathname.slice(basePath.length)) : undefined
      const method = (request.method === 'HEAD' ? 'GET' : request.method).toLowerCase()
      const operation = path === undefined ? undefined : document.paths[path]?.[method]
      if (path === undefined || !operation) return
      const what = `${operation.operationId} ${status}`
      const response = operation.responses[status]
      if (!response) throw new Error(`${what} is not in the document: ${JSON.stringify(body)}`)
      seen.add(what)
      if (request.method === 'HEAD' || !response.content) return
      validate(body, what, path, method, 'responses', status, 'content', type)
      const sentType = (request.headers.get('content-type') ?? '').split(';')[0] as string
      if (status < 300 && sent?.byteLength && operation.requestBody && sentType.endsWith('json'))
        validate(
          JSON.parse(new TextDecoder().decode(sent)),
          `the body of ${what}`,
          path,
          method,
          'requestBody',
          'content',
          sentType,
        )
    },
  }
}

function pathOf({ paths }: Document, path: string): string | undefined {
  return Object.keys(paths).find((template) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`).test(path),
  )
}
