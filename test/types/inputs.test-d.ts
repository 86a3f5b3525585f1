/** What hosts are told that a call takes is what the schema of its input gives. */
import type {
  Actor,
  AdviceInput,
  CheckLinksInput,
  CreateInput,
  EditInput,
  EventsInput,
  ListInput,
  PreviewRefreshInput,
  PreviewRevokeInput,
  RefreshInput,
  RevokeInput,
  RevokeManyInput,
  RevokeWithReceiptInput,
  TokenInput,
  UnusedInput,
} from 'plan-access-tokens'
import { describe, expectTypeOf, it } from 'vitest'
import type { Output } from '../../src/core/shape.ts'
import type { Inputs } from '../../src/service/input.ts'
import type { USAGE_INPUTS } from '../../src/service/usage-input.ts'

/** The fields of a type, whether they may be written to or not. Which scopes there are is the policy's to say, and an
 * actor that is given as an id is read as an object. */
type Fields<T> = { -readonly [F in keyof T]: F extends 'scopes' | 'actor' ? F : T[F] }

/** The same as it is given. */
type Given<T extends { readonly actor: Actor }> = Omit<T, 'actor'> & { readonly actor: string | Actor }

type UsageInputs = { readonly [K in keyof typeof USAGE_INPUTS]: Output<(typeof USAGE_INPUTS)[K]> }

/** All but how long a token lives. */
type Lasting<T> = Omit<T, 'lifetimeDays' | 'expiresAt'>

describe('the type of an input', () => {
  it('of create says how long the token lives or when it ends, not both and not neither', () => {
    type Token = Lasting<CreateInput>
    expectTypeOf<Token & { lifetimeDays: number }>().toExtend<CreateInput>()
    expectTypeOf<Token & { expiresAt: number }>().toExtend<CreateInput>()
    expectTypeOf<Token>().not.toExtend<CreateInput>()
    expectTypeOf<Token & { lifetimeDays: number; expiresAt: number }>().not.toExtend<CreateInput>()
  })

  it('is that of its schema', () => {
    expectTypeOf<Fields<Inputs['token']>>().toEqualTypeOf<Fields<TokenInput>>()
    expectTypeOf<Fields<UsageInputs['advice']>>().toEqualTypeOf<Fields<AdviceInput>>()
    expectTypeOf<Fields<UsageInputs['unused']>>().toEqualTypeOf<Fields<UnusedInput>>()
    expectTypeOf<Fields<Inputs['list']>>().toEqualTypeOf<Fields<ListInput>>()
    expectTypeOf<Fields<Inputs['events']>>().toEqualTypeOf<Fields<EventsInput>>()
    expectTypeOf<Fields<Inputs['edit']>>().toEqualTypeOf<Fields<EditInput>>()
    expectTypeOf<Fields<Inputs['refresh']>>().toEqualTypeOf<Fields<RefreshInput>>()
    expectTypeOf<Fields<Inputs['previewRefresh']>>().toEqualTypeOf<Fields<PreviewRefreshInput>>()
    // Of fields within a field the schema's may be written to.
    expectTypeOf<Inputs['previewRevoke']>().toExtend<PreviewRevokeInput>()
    expectTypeOf<PreviewRevokeInput>().toExtend<Given<Inputs['previewRevoke']>>()
    expectTypeOf<Inputs['revokeMany']>().toExtend<RevokeManyInput>()
    expectTypeOf<RevokeManyInput>().toExtend<Given<Inputs['revokeMany']>>()
    expectTypeOf<Fields<Omit<Inputs['revoke'], 'receipt'>>>().toEqualTypeOf<Fields<RevokeInput>>()
    expectTypeOf<RevokeWithReceiptInput>().toExtend<Given<Inputs['revoke']>>()
    expectTypeOf<Fields<Lasting<Inputs['create']>>>().toEqualTypeOf<Fields<Lasting<CreateInput>>>()
    expectTypeOf<Fields<Inputs['checkLinks']>>().toEqualTypeOf<Fields<CheckLinksInput>>()
  })
})
