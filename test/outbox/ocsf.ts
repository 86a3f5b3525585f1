/** Checks an event against the published schema of OCSF: which fields there are, of which type, which must be there, which values they take. */
import { readFileSync } from 'node:fs'

interface Attribute {
  readonly type: string
  readonly isObject?: boolean
  readonly isArray?: boolean
  readonly requirement: 'required' | 'recommended' | 'optional'
  readonly enum?: { readonly [value: string]: string }
  readonly deprecated?: string
}
interface Shape {
  readonly attributes: { readonly [name: string]: Attribute }
  readonly constraints: { readonly at_least_one?: readonly string[]; readonly just_one?: readonly string[] }
}
interface Schema {
  readonly version: string
  readonly category: { readonly uid: number; readonly caption: string }
  readonly class: Shape & { readonly uid: number; readonly caption: string }
  readonly objects: { readonly [name: string]: Shape }
  readonly types: {
    readonly [name: string]: { readonly type?: string; readonly regex?: string; readonly max_len?: number }
  }
}

/** Extracted from the repository of the schema: see the field `source` of the file. */
export const OCSF = JSON.parse(readFileSync(new URL('./ocsf-account-change.json', import.meta.url), 'utf8')) as Schema

const BASES: { readonly [type: string]: string } = {
  ...{
    string_t: 'string',
    integer_t: 'number',
    long_t: 'number',
    boolean_t: 'boolean',
    float_t: 'number',
    json_t: 'object',
  },
  ...{ timestamp_t: 'number', datetime_t: 'string', port_t: 'number' },
}

/** Everything that is wrong with an event of the class. */
export function problemsOf(event: object): string[] {
  return problemsIn('', event, OCSF.class)
}

function problemsIn(at: string, value: object, { attributes, constraints }: Shape): string[] {
  const given = Object.entries(value)
  const needed = Object.entries(attributes).filter(([, { requirement }]) => requirement === 'required')
  const oneOf = constraints.at_least_one ?? []
  return [
    ...needed.filter(([name]) => !(name in value)).map(([name]) => `${at}${name} is required`),
    ...(oneOf.length > 0 && !oneOf.some((name) => name in value) ? [`${at} has none of ${oneOf}`] : []),
    ...given.flatMap(([name, inner]) => {
      const attribute = attributes[name]
      if (!attribute) return [`${at}${name} is no attribute`]
      return attribute.isArray
        ? (inner as unknown[]).flatMap((one) => problemsOfValue(`${at}${name}`, one, attribute))
        : problemsOfValue(`${at}${name}`, inner, attribute)
    }),
  ]
}

function problemsOfValue(
  at: string,
  value: unknown,
  { type, isObject, enum: values, deprecated }: Attribute,
): string[] {
  if (deprecated !== undefined) return [`${at} is deprecated since ${deprecated}`]
  if (isObject) {
    if (typeof value !== 'object' || value === null) return [`${at} is no object`]
    const shape = OCSF.objects[type]
    // `unmapped` is of the type `object`: anything.
    return shape ? problemsIn(`${at}.`, value, shape) : type === 'object' ? [] : [`${at} is an unknown object ${type}`]
  }
  const known = OCSF.types[type]
  const base = BASES[type] ?? BASES[known?.type ?? '']
  if (base === undefined) return [`${at} is of the unknown type ${type}`]
  if (typeof value !== base) return [`${at} is no ${type}`]
  if (base === 'number' && !Number.isSafeInteger(value)) return [`${at} is no whole number`]
  if (values && base === 'number' && !(String(value) in values)) return [`${at} is none of its values: ${value}`]
  if (known?.regex !== undefined && !new RegExp(known.regex).test(String(value)))
    return [`${at} does not look like ${type}`]
  if (known?.max_len !== undefined && String(value).length > known.max_len) return [`${at} is too long`]
  return []
}
