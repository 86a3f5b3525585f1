/** What the OpenAPI document says of a schema besides its shape. */
import * as z from 'zod/mini'

/** The descriptions. */
export const TOLD = z.registry<{ readonly description: string }>()

/** A schema with a description. */
export function told<S extends z.core.$ZodType>(schema: S, description: string): S {
  TOLD.add(schema, { description })
  return schema
}
