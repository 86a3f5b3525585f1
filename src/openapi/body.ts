/** The fields of a JSON body, by its schema, as a policy spells them: `dev_resources[].file_key`. */
import { isDictionary } from '../core/objects.ts'
import type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './read.ts'
import { follow } from './refs.ts'
import { EXTENSION, leads, leadsOn, subtypesOf } from './unread.ts'

/** A field that holds one value, or several in a list. */
export interface BodyField {
  /** `dev_resources[].file_key`. */
  readonly name: string
  /** Whether a body without it is none that the document has. */
  readonly required: boolean
  readonly schema: OpenApiSchema
  /** What `x-plan-resource` says of it; `undefined` if nothing. */
  readonly extension: unknown
}

/** What is known of a body. */
export interface Body {
  readonly fields: readonly BodyField[]
  /** Whether a body may hold what is not among the fields. */
  readonly isOpen: boolean
  /** Whether clients may send something else than JSON. */
  readonly isJson: boolean
  /** Whether an extension stands in it where none is read. */
  readonly isUnread: boolean
  /** Whether it has more schemas than are looked at. */
  readonly isTooLarge: boolean
  /** The fields of which two extensions say different things. */
  readonly contradicted: readonly string[]
}

/** How deep objects may nest for their fields to be looked at, and how many fields there may be. */
const MAX_NESTING = 4
const MAX_FIELDS = 500
/** How many schemas of one body, and of all bodies of a document, are looked at: some hold each other many times over. */
const MAX_VISITS = 20_000
const MAX_ALL_VISITS = 1_000_000

type Node = { readonly [keyword: string]: unknown }

/** The body of an operation; `undefined` if it has none. */
export function bodyOf(document: OpenApiDocument, { requestBody }: OpenApiOperation): Body | undefined {
  const walk: Walk = {
    document,
    fields: new Map(),
    contradicted: new Set(),
    isOpen: false,
    isUnread: false,
    visits: 0,
    path: new Map(),
  }
  const written = partAt(walk, requestBody)
  if (!written) return undefined
  const content = isDictionary(written.content) ? written.content : {}
  const [type, json] = Object.entries(content).find(([name]) => JSON_TYPE.test(name)) ?? ['']
  lose(walk, written, ['content'])
  lose(walk, content, [type])
  if (isDictionary(json)) {
    lose(walk, json, ['schema'])
    visit(walk, json.schema, '', true, 0, false)
  }
  const { isOpen, isUnread, contradicted, visits } = walk
  spent.set(document, (spent.get(document) ?? 0) + Math.min(visits, MAX_VISITS))
  const isJson = json !== undefined
  return {
    fields: [...walk.fields.values()],
    isOpen: isOpen || !json,
    isJson,
    isUnread,
    isTooLarge: isOver(walk),
    contradicted: [...contradicted],
  }
}

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\s*(;|$)/i

/** How many schemas of a document were looked at. */
const spent = new WeakMap<object, number>()

const isOver = ({ document, visits }: Walk): boolean =>
  visits >= MAX_VISITS || (spent.get(document) ?? 0) >= MAX_ALL_VISITS

interface Walk {
  readonly document: OpenApiDocument
  readonly fields: Map<string, BodyField>
  readonly contradicted: Set<string>
  isOpen: boolean
  isUnread: boolean
  visits: number
  /** The schemas that are being looked at, by which those that hold themselves are known, and for which fields. */
  readonly path: Map<unknown, string>
}

/** Notes the fields of an object, those of every schema that it is put together of. */
function visit(
  walk: Walk,
  written: unknown,
  prefix: string,
  isRequired: boolean,
  depth: number,
  isField: boolean,
): void {
  if (isOver(walk)) return
  walk.visits++
  const schema = partAt(walk, written)
  if (!schema || walk.path.has(schema)) {
    walk.isOpen = true
    // The same schema at another place has fields of its own.
    if (schema && walk.path.get(schema) !== prefix && leads(walk.document, schema)) walk.isUnread = true
    return
  }
  walk.path.set(schema, prefix)
  lose(walk, schema, isField ? [...OBJECT, EXTENSION] : OBJECT)
  const required = Array.isArray(schema.required) ? schema.required : []
  const properties = isDictionary(schema.properties) ? Object.entries(schema.properties) : []
  if (isDictionary(schema.properties)) lose(walk, schema.properties, Object.keys(schema.properties).filter(isNoRef))
  for (const [name, property] of properties)
    visitField(walk, property, prefix + name, isRequired && required.includes(name), depth)
  for (const part of listOf(schema.allOf)) visit(walk, part, prefix, isRequired, depth, false)
  const choices = [...listOf(schema.anyOf), ...listOf(schema.oneOf)]
  for (const part of [...choices, ...otherSubtypes(walk, schema, choices)])
    visit(walk, part, prefix, false, depth, false)
  const isTold = properties.length > 0 || [schema.allOf, schema.anyOf, schema.oneOf].some(Array.isArray)
  if (!isTold || schema.additionalProperties === true || isDictionary(schema.additionalProperties)) walk.isOpen = true
  walk.path.delete(schema)
}

const isNoRef = (name: string): boolean => name !== '$ref'

/** What a discriminator chooses among, but for the choices that are there anyway. */
function otherSubtypes(walk: Walk, schema: Node, choices: readonly unknown[]): readonly object[] {
  const subtypes = subtypesOf(walk.document, schema)
  if (subtypes.length === 0) return []
  const known = new Set<unknown>([...choices.map((choice) => partAt(walk, choice)), ...walk.path.keys()])
  return [...new Set(subtypes.map((one) => partAt(walk, one)))].flatMap((one) => (one && !known.has(one) ? [one] : []))
}

function visitField(walk: Walk, written: unknown, name: string, required: boolean, depth: number): void {
  if (isOver(walk)) return
  walk.visits++
  const schema = partAt(walk, written)
  if (!schema || walk.fields.size >= MAX_FIELDS) {
    walk.isOpen = true
    if (leads(walk.document, written)) walk.isUnread = true
    return
  }
  const isList = schema.items !== undefined
  const entry = isList ? partAt(walk, schema.items) : schema
  const source = `${name}${isList ? '[]' : ''}`
  const said = [schema, ...(entry && entry !== schema ? [entry] : [])].flatMap((one) =>
    Object.hasOwn(one, EXTENSION) ? [one[EXTENSION]] : [],
  )
  if (isList) lose(walk, schema, ['items', EXTENSION])
  if (entry && COMPOSED.some((keyword) => Object.hasOwn(entry, keyword)) && depth < MAX_NESTING) {
    const before = walk.fields.size
    visit(walk, entry, `${source}.`, required, depth + 1, true)
    // A value that is put together of others, such as an enumeration, is one all the same.
    if (walk.fields.size > before) {
      if (said.length > 0) walk.isUnread = true
      return
    }
  } else if (entry) {
    if (COMPOSED.some((keyword) => Object.hasOwn(entry, keyword))) walk.isOpen = true
    lose(walk, entry, [EXTENSION, '$defs'])
  }
  const known = walk.fields.get(source)
  const [extension, ...others] = [...(known?.extension !== undefined ? [known.extension] : []), ...said]
  if (others.some((other) => asText(other) !== asText(extension))) walk.contradicted.add(source)
  walk.fields.set(source, {
    name: source,
    required: required || known?.required === true,
    schema: schema as OpenApiSchema,
    extension,
  })
}

/** The same for data that is the same, whatever the order of its fields. */
const asText = (data: unknown): string =>
  JSON.stringify(data, (_, value: unknown) =>
    isDictionary(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  )

/** Keywords of a schema that has, or may have, fields. */
const COMPOSED = ['properties', 'allOf', 'anyOf', 'oneOf']
/** What is read of an object's schema; what `$defs` holds counts where something refers to it. */
const OBJECT = [...COMPOSED, 'discriminator', '$defs']

/** Notes whether something of a part leads to an extension, but for the fields that are read. */
function lose(walk: Walk, part: object, read: readonly string[]): void {
  if (!walk.isUnread && leadsOn(walk.document, part, read)) walk.isUnread = true
}

/** A part behind its references. What stands beside a reference is not read. */
function partAt(walk: Walk, written: unknown): Node | undefined {
  const found = follow(walk.document, written, (reference) => lose(walk, reference, ['$ref']))
  return 'part' in found && isDictionary(found.part) ? found.part : undefined
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
