/** The marks by which decorators are found again. */

/** Under which a controller or a route keeps its options, or `EXEMPT`. */
export const ROUTE = Symbol('plan-access-tokens:route')
/** Of what is not guarded. */
export const EXEMPT = Symbol('plan-access-tokens:exempt')
