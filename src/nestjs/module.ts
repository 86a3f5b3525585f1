/** The module that a host imports once. */
import { type DynamicModule, Module } from '@nestjs/common'
import { APP_FILTER, ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core'
import { createGate } from './gate.ts'
import { GATE, PlanTokenGuard } from './guard.ts'
import { type PlanTokensModuleOptions, readModuleOptions } from './options.ts'
import { PlanTokenFilter } from './refused.ts'

/** What `PlanTokensModule.forRootAsync` takes. */
export interface PlanTokensModuleAsyncOptions {
  /** Modules that give what is injected. Default: none. */
  readonly imports?: readonly object[]
  /** What the function is given. Default: nothing. */
  readonly inject?: readonly (string | symbol | (new (...args: never) => unknown))[]
  /** Gives the options, or a promise of them. */
  readonly useFactory: (...injected: never) => PlanTokensModuleOptions | Promise<PlanTokensModuleOptions>
}

const OPTIONS = Symbol('plan-access-tokens:options')

/**
 * Makes the guard known to all modules of an application. It guards nothing by itself: `@PlanTokenGuarded()` does, or
 * `PlanTokenGuard` as an `APP_GUARD`.
 *
 * @example
 * @Module({ imports: [PlanTokensModule.forRoot({ tokens })], controllers: [Files] })
 * class App {}
 */
// biome-ignore lint/complexity/noStaticOnlyClass: it is what modules of Nest are
export class PlanTokensModule {
  /**
   * Takes the options as they are.
   *
   * @throws SetupError, which is a TypeError, with every mistake at once.
   */
  static forRoot(options: PlanTokensModuleOptions): DynamicModule {
    const read = readModuleOptions('PlanTokensModule.forRoot', options)
    return moduleOf({ provide: OPTIONS, useValue: read }, [])
  }

  /**
   * Takes the options from a function, which other providers are injected into. Mistakes are told when the application is made.
   *
   * @example
   * PlanTokensModule.forRootAsync({ inject: [Engine], useFactory: (engine: Engine) => ({ tokens: engine.tokens }) })
   */
  static forRootAsync({ imports = [], inject = [], useFactory }: PlanTokensModuleAsyncOptions): DynamicModule {
    const make = useFactory as (
      ...injected: readonly unknown[]
    ) => PlanTokensModuleOptions | Promise<PlanTokensModuleOptions>
    const read = async (...injected: readonly unknown[]): Promise<PlanTokensModuleOptions> =>
      readModuleOptions('PlanTokensModule.forRootAsync', await make(...injected))
    return moduleOf({ provide: OPTIONS, inject: [...inject], useFactory: read }, imports)
  }
}

Module({})(PlanTokensModule)

type Providers = NonNullable<DynamicModule['providers']>

function moduleOf(options: Providers[number], imports: readonly object[]): DynamicModule {
  return {
    module: PlanTokensModule,
    global: true,
    imports: [...imports] as NonNullable<DynamicModule['imports']>,
    providers: [
      options,
      {
        provide: GATE,
        inject: [OPTIONS, HttpAdapterHost, ApplicationConfig, ModulesContainer],
        useFactory: createGate,
      },
      PlanTokenGuard,
      { provide: APP_FILTER, useClass: PlanTokenFilter },
    ],
    exports: [GATE, PlanTokenGuard],
  }
}
