/**
 * Reads an OpenAPI document, text or object, into plain data that holds to the specification. The grammar is the libraries':
 * `yaml` parses, `@seriousme/openapi-schema-validator` validates, `openapi-types` has the types. Both libraries are loaded here
 * and never given a file name or an address, so nothing is fetched. References: openapi/refs.ts.
 */
import type { Validator } from '@seriousme/openapi-schema-validator'
import type { OpenAPIV3, OpenAPIV3_1 } from 'openapi-types'
import { SetupError } from '../core/errors.ts'
import { type Issue, issueAt } from '../core/issue.ts'
import { parseJsonStrictly } from '../core/json.ts'
import type { MalformedReason } from '../core/malformed.ts'
import { isDictionary, isObject } from '../core/objects.ts'
import type { Tell } from '../core/setup.ts'
import { plainCopy } from './plain.ts'
import { checkRefs } from './refs.ts'

/** An OpenAPI 3.0 or 3.1 document. */
export type OpenApiDocument = OpenAPIV3.Document | OpenAPIV3_1.Document
/** An operation of a document. */
export type OpenApiOperation = OpenAPIV3.OperationObject | OpenAPIV3_1.OperationObject
/** A JSON Schema of a document. */
export type OpenApiSchema = OpenAPIV3.SchemaObject | OpenAPIV3_1.SchemaObject

/** How many characters of text are read. */
const MAX_TEXT = 67_108_864

/**
 * The document as plain data.
 *
 * @param reader the function that was called, for the error.
 * @throws SetupError if it is no valid OpenAPI 3.0 or 3.1 document, or refers to what lies outside of it.
 */
export async function readDocument(reader: string, given: unknown): Promise<OpenApiDocument> {
  const issues: Issue[] = []
  const tell: Tell = (at, message) => void issues.push(issueAt(['document', ...at], message))
  const document = await plainDocument(given, tell)
  if (document && hasVersion(document, tell)) {
    checkRefs(document, tell)
    if (issues.length === 0) await validate(document, tell)
  }
  if (issues.length > 0) throw new SetupError(reader, issues)
  return document as unknown as OpenApiDocument
}

async function plainDocument(given: unknown, tell: Tell): Promise<{ readonly [name: string]: unknown } | undefined> {
  const parsed = typeof given === 'string' ? await parseText(given, tell) : given
  if (parsed === undefined) {
    if (typeof given !== 'string') tell([], 'is missing.')
    return undefined
  }
  const copy = plainCopy(parsed)
  if (!copy.ok) tell(copy.at, copy.message)
  else if (isDictionary(copy.data)) return copy.data
  else tell([], 'must be an OpenAPI document: an object, or its text as JSON or YAML.')
  return undefined
}

async function parseText(text: string, tell: Tell): Promise<unknown> {
  if (text.length <= MAX_TEXT) return /^\s*\{/.test(text) ? parseJson(text, tell) : parseYaml(text, tell)
  tell([], 'is too large: its text has more than 67,108,864 characters.')
  return undefined
}

const JSON_PROBLEMS: { readonly [R in MalformedReason]?: string } = {
  json_name_repeated: 'has an object with the same field twice, which can be read in two ways.',
  json_name_proto: 'has the field "__proto__", which can be read in two ways.',
  json_surrogate: 'has half of a surrogate pair, which is no character.',
}

function parseJson(text: string, tell: Tell): unknown {
  const { value, malformed } = parseJsonStrictly(text)
  if (malformed) tell([], JSON_PROBLEMS[malformed.reason] ?? 'is not valid JSON.')
  return value
}

async function parseYaml(text: string, tell: Tell): Promise<unknown> {
  const yaml = await loaded(import('yaml'), 'yaml', tell)
  if (!yaml) return undefined
  try {
    // The library looks for names that come twice by comparing each with all before it, which is quadratic.
    const lineCounter = new yaml.LineCounter()
    const document = yaml.parseDocument(text, { logLevel: 'error', uniqueKeys: false, lineCounter })
    const [wrong] = document.errors
    if (wrong) throw wrong
    yaml.visit(document, {
      Map(_, { items }) {
        const names = new Set<string>()
        for (const { key } of items) {
          if (!yaml.isNode(key) || !key.range) continue
          const { line, col } = lineCounter.linePos(key.range[0])
          const place = `at line ${line}, column ${col}:`
          if (yaml.isAlias(key)) throw new Error(`Map keys must be no aliases ${place}`)
          if (!yaml.isScalar(key)) continue
          // As the names of an object, of which 200 and "200" are one.
          const name = String(key.value ?? '')
          if (names.has(name)) throw new Error(`Map keys must be unique ${place}`)
          names.add(name)
        }
      },
    })
    // Aliases that multiply are refused by the library.
    return document.toJS({ maxAliasCount: 1_000 })
  } catch (error) {
    // Its first line says what and where; the rest repeats the text.
    const [what] = error instanceof Error ? error.message.split('\n') : []
    tell([], `is not valid YAML. ${what?.replace(/:$/, '.') ?? ''}`.trim())
    return undefined
  }
}

function hasVersion({ openapi, swagger }: { readonly [name: string]: unknown }, tell: Tell): boolean {
  if (typeof openapi === 'string' && /^3\.[01]\.\d+$/.test(openapi)) return true
  if (openapi !== undefined) tell(['openapi'], 'must be "3.0.x" or "3.1.x": other versions of OpenAPI are not read.')
  else if (swagger !== undefined) tell(['swagger'], 'is Swagger 2.0. Convert the document to OpenAPI 3 first.')
  else tell(['openapi'], 'is missing: the version of OpenAPI, such as "3.1.0".')
  return false
}

/** The validator, whose compiling of a schema takes longer than most documents. It is kept without the document that it saw. */
let validator: Validator | undefined

async function validate(document: { [name: string]: unknown }, tell: Tell): Promise<void> {
  const name = '@seriousme/openapi-schema-validator'
  const library = await loaded(import('@seriousme/openapi-schema-validator'), name, tell)
  if (!library) return
  // Formats of addresses and regular expressions mean nothing here, and many published documents have odd ones.
  validator ??= new library.Validator({ validateFormats: false })
  const { errors } = await validator.validate(document)
  validator.specification = {}
  // Text is about references, which were checked before: the library takes a property of the name "$ref" for one.
  if (!Array.isArray(errors)) return
  // What an alternative would have needed, a reference in place of it too, is no mistake of its own.
  const specific = errors.filter(
    ({ keyword, params }) => !['oneOf', 'anyOf', 'if', 'not'].includes(keyword) && params.missingProperty !== '$ref',
  )
  const told = specific.length > 0 ? specific : errors
  const deepest = Math.max(...told.map(({ instancePath }) => instancePath.split('/').length))
  for (const { instancePath, message, params } of told) {
    const at = instancePath.split('/').slice(1).map(unescaped)
    if (at.length + 1 < deepest) continue
    const field: unknown = params.additionalProperty ?? params.unevaluatedProperty
    if (typeof field === 'string') tell([...at, field], 'is not a field here.')
    else tell(at, `is not as OpenAPI has it: ${message ?? 'it does not match the schema'}.`)
  }
}

/** A key of the document: places in lists are numbers. */
const unescaped = (token: string): PropertyKey =>
  /^\d{1,9}$/.test(token) ? Number(token) : token.replaceAll('~1', '/').replaceAll('~0', '~')

/** A library that only this entry point needs; `undefined` if it is not installed, which is told. */
async function loaded<T>(module: Promise<T>, name: string, tell: Tell): Promise<T | undefined> {
  try {
    return await module
  } catch (error) {
    const isMissing = isObject(error) && (error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND'
    if (!isMissing) throw error
    tell([], `cannot be read without the package "${name}". Run: npm install ${name}`)
    return undefined
  }
}
