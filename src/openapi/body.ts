/** The fields of a JSON body, by its schema, as a policy spells them: `dev_resources[].file_key`. */
import { isDictionary } from '../core/objects.ts'
import type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './read.ts'
import { follow } from './refs.ts'

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
}

/** How deep objects may nest for their fields to be looked at, and how many fields there may be. */
const MAX_NESTING = 4
const MAX_FIELDS = 500

type Node = { readonly [keyword: string]: unknown }

/** The body of an operation; `undefined` if it has none. */
export function bodyOf(document: OpenApiDocument, { requestBody }: OpenApiOperation): Body | undefined {
  const found = requestBody && follow(document, requestBody)
  if (!found || 'problem' in found || !isDictionary(found.part)) return undefined
  const { content } = found.part
  const media = Object.entries(isDictionary(content) ? content : {})
  const json = media.find(([type]) => /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type))?.[1]
  const walk = { document, fields: new Map<string, BodyField>(), isOpen: false, path: new Set<unknown>() }
  if (isDictionary(json)) visit(walk, json.schema, '', true, 0)
  return { fields: [...walk.fields.values()], isOpen: walk.isOpen || !json, isJson: json !== undefined }
}

interface Walk {
  readonly document: OpenApiDocument
  readonly fields: Map<string, BodyField>
  isOpen: boolean
  /** The schemas that are being looked at, by which those that hold themselves are known. */
  readonly path: Set<unknown>
}

/** Notes the fields of an object, those of every schema that it is put together of. */
function visit(walk: Walk, written: unknown, prefix: string, isRequired: boolean, depth: number): void {
  const schema = schemaAt(walk, written)
  if (!schema || walk.path.has(schema)) {
    walk.isOpen = true
    return
  }
  walk.path.add(schema)
  const required = Array.isArray(schema.required) ? schema.required : []
  const properties = isDictionary(schema.properties) ? Object.entries(schema.properties) : []
  for (const [name, property] of properties)
    visitField(walk, property, prefix + name, isRequired && required.includes(name), depth)
  for (const part of listOf(schema.allOf)) visit(walk, part, prefix, isRequired, depth)
  for (const part of [...listOf(schema.anyOf), ...listOf(schema.oneOf)]) visit(walk, part, prefix, false, depth)
  const isTold = properties.length > 0 || [schema.allOf, schema.anyOf, schema.oneOf].some(Array.isArray)
  if (!isTold || schema.additionalProperties === true || isDictionary(schema.additionalProperties)) walk.isOpen = true
  walk.path.delete(schema)
}

function visitField(walk: Walk, written: unknown, name: string, required: boolean, depth: number): void {
  const schema = schemaAt(walk, written)
  if (!schema || walk.fields.size >= MAX_FIELDS) {
    walk.isOpen = true
    return
  }
  const isList = schema.items !== undefined
  const entry = isList ? schemaAt(walk, schema.items) : schema
  const source = `${name}${isList ? '[]' : ''}`
  if (entry && COMPOSED.some((keyword) => Object.hasOwn(entry, keyword))) {
    const before = walk.fields.size
    if (depth < MAX_NESTING) visit(walk, entry, `${source}.`, required, depth + 1)
    else walk.isOpen = true
    // A value that is put together of others, such as an enumeration, is one all the same.
    if (walk.fields.size > before) return
  }
  const known = walk.fields.get(source)
  walk.fields.set(source, {
    name: source,
    required: required || known?.required === true,
    schema: schema as OpenApiSchema,
    extension: known?.extension ?? schema['x-plan-resource'] ?? entry?.['x-plan-resource'],
  })
}

/** Keywords of a schema that has, or may have, fields. */
const COMPOSED = ['properties', 'allOf', 'anyOf', 'oneOf']

function schemaAt({ document }: Walk, written: unknown): Node | undefined {
  const found = follow(document, written)
  return 'part' in found && isDictionary(found.part) ? found.part : undefined
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
