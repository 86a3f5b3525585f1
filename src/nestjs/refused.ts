/** A refusal as Nest carries it: an exception, and the filter that writes it as the decision renders it. */
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common'
import type { Denial, RenderedDenial } from '../core/denial.ts'
import { refuseReply } from '../http/fastify-side.ts'
import { refuse } from '../http/node-side.ts'
import { isReply, type NestResponse } from './sides.ts'

/**
 * A request that the guard refuses. `PlanTokenFilter` answers it. A filter of the host that takes it first finds the status, and
 * on the response all headers but the type of the body.
 */
export class PlanTokenRefused extends HttpException {
  /** The refusal. */
  readonly denial: Denial
  /** Status, headers and body, as the policy renders them. */
  readonly rendered: RenderedDenial

  /** @param denial what the engine decided. */
  constructor(denial: Denial) {
    const rendered = denial.rendered()
    super({ statusCode: rendered.status, code: denial.code, message: denial.message }, rendered.status)
    this.denial = denial
    this.rendered = rendered
  }
}

/**
 * Writes a refusal as it is: problem+json, or what the policy renders, with its headers. `PlanTokensModule` and
 * `@PlanTokenGuarded()` put it where it is needed. Beside a global filter of your own that takes everything, and a global guard,
 * name it last: `app.useGlobalFilters(new All(), new PlanTokenFilter())`.
 */
export class PlanTokenFilter implements ExceptionFilter<PlanTokenRefused> {
  /** Answers the request. */
  catch({ rendered }: PlanTokenRefused, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<NestResponse>()
    if (!isReply(response)) refuse(response, rendered)
    else if (!response.sent) refuseReply(response, rendered)
  }
}

Catch(PlanTokenRefused)(PlanTokenFilter)
