/** `leak-rules`: rules for scanners that find secrets of the policy, and what a scanner's registration asks for as JSON. */
import { leakPatterns } from '../../leaks/patterns.ts'
import { type LeakRuleFormat, leakRules as rulesOf } from '../../leaks/rules.ts'
import { plain } from '../io.ts'
import { type PolicyOptions, policiesFor } from '../load-policy.ts'
import type { Session } from '../session.ts'

/** Flags of `leak-rules`. */
export interface LeakRulesOptions extends PolicyOptions {
  readonly format: LeakRuleFormat
}

/** Prints the file of rules; with `--json` what they are made of: name, pattern and samples of each token type. */
export async function leakRules(session: Session, options: LeakRulesOptions): Promise<void> {
  const { io } = session
  const policies = await policiesFor(session, options)
  io.data(
    io.json ? JSON.stringify({ patterns: leakPatterns(policies) }) : plain(rulesOf(policies, options.format).trimEnd()),
  )
}
