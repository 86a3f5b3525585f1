/** What a token is: its dates, its secrets, whom to ask, where it may be used from, and which rules of its plan bind it. */
import type { ComponentChildren } from 'preact'
import type { PlanRules } from '../../../core/plan-rules.ts'
import type { SecretView, Token } from '../../../core/token-view.ts'
import { usedOf } from '../format.ts'
import { count, kindOf, listed, now, rich, t } from '../hub.ts'
import { Moment } from '../parts/moment.tsx'
import { personOf } from '../people.ts'
import { ReceiptPart } from './receipt.tsx'
import { UsageLines } from './usage-lines.tsx'

interface OverviewProps {
  readonly token: Token
  /** The rules of its plan, once they are known. */
  readonly rules: PlanRules | undefined
}

/** The first tab. */
export function Overview({ token, rules }: OverviewProps) {
  const { description, status, createdAt, createdBy, lifetimeDays, expiresAt, revokedAt, revokedBy } = token
  const { lifetimeDays: longest } = kindOf(token.type).surface.limits
  const binding = rules ? bindingOf(rules, token) : []
  return (
    <>
      {description !== '' && (
        <p class="description">
          <bdi>{description}</bdi>
        </p>
      )}
      <dl class="facts">
        {revokedAt !== null && (
          <Fact name={t('statusRevoked')}>
            <Moment at={revokedAt} /> {revokedBy !== null && <By id={revokedBy} />}
          </Fact>
        )}
        {status !== 'revoked' && (
          <Fact name={t(status === 'pending' ? 'lapses' : 'columnExpires')}>
            <Moment at={expiresAt} />
          </Fact>
        )}
        <Fact name={t('lifetime')}>
          {count(lifetimeDays, 'lifetimeDays')}
          {longest < lifetimeDays && `. ${count(longest, 'lifetimeShortened')}`}
        </Fact>
        <Fact name={t('columnCreated')}>
          <Moment at={createdAt} /> <By id={createdBy} />
        </Fact>
        <Fact name={t('columnUsed')}>{usedOf(token.lastUsedAt)}</Fact>
        {token.contact !== undefined && (
          <Fact name={t('contact')}>
            <bdi>{token.contact}</bdi>
          </Fact>
        )}
        {token.addresses && (
          <Fact name={t('addresses')}>
            {token.addresses.length === 0
              ? t('addressesNone')
              : token.addresses.map((range) => (
                  <>
                    <code key={range}>{range}</code>{' '}
                  </>
                ))}
          </Fact>
        )}
        {token.selfRenewal && (
          <Fact name={t('selfRenewal')}>
            {t('selfRenewalUntil')} <Moment at={token.selfRenewal.until} />
            <p class="hint">{t(token.selfRenewal.chosen ? 'selfRenewalChosen' : 'selfRenewalDefault')}</p>
          </Fact>
        )}
        {token.canary && <Fact name={t('canary')}>{t('canaryHint')}</Fact>}
      </dl>
      {token.metadata && Object.keys(token.metadata).length > 0 && (
        <>
          <h3>{t('metadata')}</h3>
          <dl class="facts">
            {Object.entries(token.metadata).map(([key, value]) => (
              <Fact key={key} name={<bdi>{key}</bdi>}>
                <bdi>{value}</bdi>
              </Fact>
            ))}
          </dl>
        </>
      )}
      <h3>{t('secrets')}</h3>
      {token.legacy && (
        <p class="hint">
          <span class="badge">{t('legacy')}</span> {t('legacyHint')}
        </p>
      )}
      {token.secrets.length === 0 ? <p class="hint">{t('secretsNone')}</p> : <Secrets token={token} />}
      {binding.length > 0 && (
        <>
          <h3>{t('rules')}</h3>
          <ul class="plain">
            {binding.map((rule) => (
              <li key={rule}>{rule}</li>
            ))}
          </ul>
        </>
      )}
      {status === 'revoked' && <ReceiptPart token={token} />}
      {(status === 'active' || status === 'pending') && <UsageLines type={token.type} />}
    </>
  )
}

function Fact({ name, children }: { readonly name: ComponentChildren; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** Who, by name. */
const By = ({ id }: { readonly id: string }) => (
  <span class="hint by" title={id}>
    {rich('createdBy', { actor: <bdi>{personOf(id)}</bdi> })}
  </span>
)

/** The secrets, the newest first: a line with a dot for each. */
function Secrets({ token }: { readonly token: Token }) {
  return (
    <ol class="timeline">
      {[...token.secrets].reverse().map((secret) => (
        <Secret key={secret.issuedAt} secret={secret} token={token} />
      ))}
    </ol>
  )
}

function Secret({
  secret,
  token: { status, expiresAt, revokedAt },
}: {
  readonly secret: SecretView
  readonly token: Token
}) {
  const { issuedAt, worksUntil, lastUsedAt, leakedAt } = secret
  const isOver = status !== 'active' || (worksUntil !== null && worksUntil <= now())
  // A token that was revoked took its secrets with it, whatever they had been promised.
  const until = Math.min(worksUntil ?? expiresAt, revokedAt ?? Number.POSITIVE_INFINITY)
  return (
    <li class={isOver ? 'over' : leakedAt !== undefined ? 'alarming' : worksUntil === null ? 'newest' : 'soon'}>
      <strong>{t(worksUntil === null ? 'secretNewest' : 'secretOlder')}</strong>
      <dl class="facts">
        <Fact name={t('issued')}>
          <Moment at={issuedAt} />
        </Fact>
        <Fact name={t(isOver ? 'ended' : 'worksUntil')}>
          {worksUntil === 0 ? t('endedAtOnce') : <Moment at={until} />}
        </Fact>
        {lastUsedAt !== undefined && <Fact name={t('columnUsed')}>{usedOf(lastUsedAt)}</Fact>}
        {leakedAt !== undefined && (
          <Fact name={t('leaked')}>
            <Moment at={leakedAt} />
          </Fact>
        )}
      </dl>
    </li>
  )
}

/** What the rules of a plan say of a token such as this, as sentences. */
function bindingOf(rules: PlanRules, { status }: Token): readonly string[] {
  if (status === 'expired' || status === 'revoked') return []
  return [
    ...(rules.maxLifetimeDays === undefined ? [] : [count(rules.maxLifetimeDays, 'ruleLifetime')]),
    ...(rules.idleDays === undefined ? [] : [count(rules.idleDays, 'ruleIdle')]),
    ...(rules.scopes ? [t('ruleScopes', { scopes: listed(rules.scopes) || '—' })] : []),
    ...(rules.allResources === false ? [t('ruleResources')] : []),
    ...(rules.addresses ? [t('ruleAddresses')] : []),
    ...(rules.approvals ? [t('ruleApprovals')] : []),
    ...(rules.stepUp && Object.values(rules.stepUp).some(Boolean) ? [t('ruleStepUp')] : []),
  ]
}
