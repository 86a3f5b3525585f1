/** A token's own page: a drawer over the table, with an address of its own. What its tabs show stands in files beside this one. */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import type { IssuedText } from '../../../admin/client-types.ts'
import type { PlanRules } from '../../../core/plan-rules.ts'
import type { Token } from '../../../core/token-view.ts'
import type { BootPlan } from '../../boot.ts'
import type { TextKey } from '../../texts/index.ts'
import { api, persistently } from '../api.ts'
import { useOnceFor } from '../hooks.ts'
import { boot, type Kind, kindOf, t } from '../hub.ts'
import { TryIt, Use } from '../later.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Action, FailureNote, StatusBadge } from '../parts/parts.tsx'
import { Tabs, tabId } from '../parts/tabs.tsx'
import { TokenId } from '../parts/token-id.tsx'
import { isMe } from '../people.ts'
import { hideOver, type Over, showOver } from '../places.ts'
import type { TokenAct } from '../table/table.tsx'
import { Access } from './access.tsx'
import { History } from './history.tsx'
import { LeakNote } from './leak-note.tsx'
import { leakedAtOf } from './leaked.ts'
import { Overview } from './overview.tsx'
import { useToken } from './use-token.ts'
import { Waiting } from './waiting.tsx'

const TABS = [
  ['overview', 'tabOverview'],
  ['activity', 'tabActivity'],
  ['access', 'tabAccess'],
  ...(boot.features.usage ? [['use', 'tabUse'] as const] : []),
  ['try', 'tryIt'],
] as const satisfies readonly (readonly [string, TextKey])[]

/** What a drawer shows. */
export interface Shown extends Over {
  /** As the table knew it, so that there is something to see at once. */
  readonly known?: Token | undefined
}

interface DrawerProps {
  readonly plan: BootPlan
  readonly kind: Kind
  readonly shown: Shown
  /** What was done from here, as a sentence. */
  readonly said: string
  /** Changes whenever the token may have been changed from here. */
  readonly turn: number
  readonly onTab: (tab: string) => void
  readonly onAct: (act: TokenAct, token: Token) => void
  /** Something was done with the token here. */
  readonly onDone: (said: string) => void
  readonly onIssued: (issued: IssuedText) => void
  readonly onClose: (token: Token | undefined) => void
}

const PANEL = 'token-panel'

/** Shows a token as it is when it is opened, and whenever it is looked at again. */
export function Drawer({ plan, kind, shown, said, turn, onTab, onAct, onDone, onIssued, onClose }: DrawerProps) {
  const { token, isMissing, isBusy, failure, load } = useToken(plan, shown.token, shown.known, turn)
  const tab = TABS.find(([name]) => name === shown.tab)?.[0] ?? 'overview'
  const place = { plan: plan.id, type: token?.type ?? kind.type.name, token: shown.token, tab }
  useLayoutEffect(() => showOver(place), [tab, place.type])
  useLayoutEffect(() => () => hideOver(shown.token), [])
  const [told, setTold] = useState(0)
  useOnceFor(told, !isBusy && token !== undefined && told > token.version, load)
  const rules = useRules(plan.id)
  const close = (): void => onClose(token)
  return (
    <Dialog
      title={token ? <bdi>{token.name}</bdi> : t(isMissing ? 'missingTitle' : 'tokenTitle')}
      isDrawer
      onLeave={close}
    >
      <button type="button" class="close" aria-label={t('close')} title={t('close')} onClick={close}>
        ×
      </button>
      {isMissing && <p>{t('missingLead')}</p>}
      {!isMissing && <FailureNote failure={failure} onRetry={load} />}
      {failure && token && <p class="hint">{t('detailsOld')}</p>}
      {!token && !failure && !isMissing && (
        <p class="hint" role="status">
          {t('working')}
        </p>
      )}
      {token && (
        <>
          <Head token={token} onAct={onAct} />
          <p role="status" class={said === '' ? undefined : 'said outcome'}>
            {said}
          </p>
          <LeakNote token={token} onAct={onAct} />
          <Waiting
            token={token}
            onDecided={onDone}
            onIssued={onIssued}
            onStale={load}
            onCancel={() => onAct('revoke', token)}
          />
          <Tabs
            label={t('tokenTabs')}
            panel={PANEL}
            tabs={TABS.map(([name, text]) => ({ name, label: t(text) }))}
            chosen={tab}
            onChoose={onTab}
          />
          <div role="tabpanel" id={PANEL} aria-labelledby={tabId(PANEL, tab)} aria-busy={isBusy}>
            {tab === 'overview' && <Overview token={token} rules={rules} />}
            {tab === 'activity' && <History token={token} onTold={setTold} />}
            {tab === 'access' && <Access token={token} />}
            {tab === 'use' && <Use token={token} onNarrowed={({ name }) => onDone(t('narrowed', { token: name }))} />}
            {tab === 'try' && <TryIt token={token} />}
          </div>
        </>
      )}
    </Dialog>
  )
}

/** What it is at a glance, and what can be done with it. */
function Head({ token, onAct }: Pick<DrawerProps, 'onAct'> & { readonly token: Token }) {
  // There is one thing to do first, and where something waits it is that.
  const isWaiting = token.status === 'pending' || token.proposal !== undefined || leakedAtOf(token) !== undefined
  return (
    <div class="head">
      <p class="glance">
        <StatusBadge token={token} />
        <span class="hint">{kindOf(token.type).tab}</span>
        <TokenId id={token.id} />
      </p>
      <div class="buttons">
        {actsOf(token).map((act, i) => (
          <Action
            key={act}
            look={act === 'revoke' ? 'danger' : i === 0 && !isWaiting ? 'main' : undefined}
            onClick={() => onAct(act, token)}
          >
            {t(act)}
          </Action>
        ))}
      </div>
    </div>
  )
}

/** What can be done with a token, the likeliest first. What waits for a decision has buttons of its own. */
function actsOf({ status, request, canary }: Token): readonly TokenAct[] {
  if (status === 'pending') {
    if (request && isMe(request.by)) return ['edit']
    return request?.approvedBy === undefined ? [] : ['revoke']
  }
  if (status === 'revoked') return ['replace']
  if (status === 'expired') return ['replace', 'revoke']
  return ['edit', ...(canary ? [] : (['refresh'] as const)), 'revoke']
}

/** The rules of a plan. What they cannot tell now is left out: what they refuse, the server says. */
function useRules(planId: string): PlanRules | undefined {
  const [rules, setRules] = useState<PlanRules>()
  useEffect(() => {
    persistently(() => api.rules({ planId })).then(setRules, () => undefined)
  }, [])
  return rules
}
