/** What the host calls the resources of a token. */
import { useEffect, useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import { api, persistently } from '../api.ts'
import { kindOf } from '../hub.ts'

/** Their names, by kind and id (`file:ABC`); none for those that the host has no name for, or cannot be asked about just now. */
export function useNames({ resources, planId, type, version }: Token): ReadonlyMap<string, string> {
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map())
  useEffect(() => {
    if (resources === 'all' || resources.length === 0) return
    let isStale = false
    const text = resources.map(({ link }) => link).join('\n')
    const { surface } = kindOf(type).surface
    persistently(() => api.parseLinks({ planId, surface, text })).then(
      ({ resources: found }) => {
        if (isStale) return
        const named = found.flatMap((one) =>
          'name' in one && one.name ? [[`${one.kind}:${one.id}`, one.name] as const] : [],
        )
        setNames(new Map(named))
      },
      // Without names it is a list of links.
      () => undefined,
    )
    return () => {
      isStale = true
    }
  }, [version])
  return names
}
