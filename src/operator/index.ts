/**
 * `plan-access-tokens/operator`: what whoever runs the service does across plans. Of no use to a plan's admin, and reached by no
 * request: nothing else of the package imports it.
 */
export {
  type MovedPlan,
  type MovePlanInput,
  type Operator,
  type OperatorEventsInput,
  type OperatorTokensInput,
  operator,
  type RevokedPlan,
  type RevokePlanInput,
} from './operator.ts'
