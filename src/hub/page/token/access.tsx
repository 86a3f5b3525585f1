/** What a token may do: its scopes with what they are called, and its resources with their names and kinds. */
import { useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import { count, kindOf, t } from '../hub.ts'
import { Deprecated } from '../parts/deprecated.tsx'
import { useNames } from './use-names.ts'

/** The tab. */
export function Access({ token }: { readonly token: Token }) {
  const known = new Map(kindOf(token.type).surface.scopes.map((scope) => [scope.name, scope]))
  return (
    <>
      <h3>{t('scopes')}</h3>
      <ul class="rows">
        {token.scopes.map((name) => {
          const { title, deprecated } = known.get(name) ?? {}
          return (
            <li key={name}>
              <span>
                {title ?? name} {deprecated !== undefined && <Deprecated why={deprecated} />}
              </span>
              {title !== undefined && <code>{name}</code>}
            </li>
          )
        })}
        {token.warnings.map((warning) =>
          warning.code === 'scope_unknown' || warning.code === 'scope_not_grantable' ? (
            <li key={warning.scope}>
              <span>
                {known.get(warning.scope)?.title ?? warning.scope} <span class="badge soon">{t('scopeLost')}</span>
              </span>
              <code>{warning.scope}</code>
            </li>
          ) : undefined,
        )}
      </ul>
      <h3>{t('resources')}</h3>
      <Resources token={token} />
    </>
  )
}

/** What stands in a list before one asks for the rest. */
const MOST_SHOWN = 100

/** The resources, by the names that the host has for them; a list that cannot be looked up just now is one of links. */
function Resources({ token }: { readonly token: Token }) {
  const { resources, planId, type } = token
  const names = useNames(token)
  const [isAll, setAll] = useState(false)
  if (resources === 'all') return <p>{t('allResourcesHint')}</p>
  const shown = isAll ? resources : resources.slice(0, MOST_SHOWN)
  return (
    <>
      <ul class="rows" key={planId + type}>
        {shown.map(({ kind, id, link }) => (
          <li key={kind + id}>
            <span>
              <bdi>{names.get(`${kind}:${id}`) ?? id}</bdi> <span class="kind">{kind.replaceAll('_', ' ')}</span>
            </span>
            {link.startsWith('https://') ? (
              <a href={link} target="_blank" rel="noreferrer">
                {link}
              </a>
            ) : (
              <code>{link}</code>
            )}
          </li>
        ))}
      </ul>
      {shown.length < resources.length && (
        <button type="button" onClick={() => setAll(true)}>
          {count(resources.length, 'resourcesAll')}
        </button>
      )}
    </>
  )
}
