/** Notices as CloudEvents 1.0, for whatever takes them: a broker, an event bus, a webhook. Pure but for `send`. */
import * as z from 'zod/mini'
import { readOptions } from '../core/setup.ts'
import { callable, text } from '../core/shape.ts'
import type { Awaitable } from '../ports.ts'
import type { Attempt, Deliver } from './deliver.ts'
import type { Notice } from './notice.ts'

/** A CloudEvent, as JSON has it. */
export interface CloudEvent {
  readonly specversion: '1.0'
  /** The notice's: the same whenever it is sent again. */
  readonly id: string
  readonly source: string
  readonly type: string
  /** The id of the token. */
  readonly subject: string
  /** When it happened, as RFC 3339 writes it. */
  readonly time: string
  readonly datacontenttype: 'application/json'
  /** An extension: the plan. */
  readonly planid: string
  readonly data: Notice
}

/** How notices become CloudEvents. */
export interface CloudEventOptions {
  /** Which system they are of: a URI, such as `https://api.example.com/plan-tokens`. 1 to 2,048 characters without spaces. */
  readonly source: string
  /** What types begin with, such as `com.example.`; default nothing. */
  readonly typePrefix?: string
}

/** A message in the structured mode of HTTP: headers, and the event as the body. */
export interface CloudEventMessage {
  readonly headers: { readonly 'content-type': string }
  readonly body: string
}

/** What `cloudEvents` takes. */
export interface CloudEventsOptions extends CloudEventOptions {
  /** Sends the message on. What it throws is tried again. */
  readonly send: (message: CloudEventMessage, attempt: Attempt) => Awaitable<unknown>
}

const schema = {
  source: text((value) =>
    /^\S{1,2048}$/.test(value) ? undefined : 'must be a URI of 1 to 2048 characters, without spaces.',
  ),
  typePrefix: z.exactOptional(
    text((value) =>
      /^[\w.-]{0,128}$/.test(value) ? undefined : 'must have at most 128 letters, digits, ".", "-" and "_".',
    ),
  ),
}

/**
 * A notice as a CloudEvent: a pure function.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export function cloudEvent(notice: Notice, { source, typePrefix = '' }: CloudEventOptions): CloudEvent {
  const { id, type, at, planId, tokenId } = notice
  return {
    ...{ specversion: '1.0', id, source, type: `${typePrefix}${type}`, subject: tokenId },
    ...{ time: new Date(at).toISOString(), datacontenttype: 'application/json', planid: planId, data: notice },
  }
}

/**
 * A deliverer that hands CloudEvents to a function of yours.
 *
 * @throws SetupError, which is a TypeError, with every mistake.
 * @example
 * deliver: cloudEvents({
 *   source: 'https://api.example.com/plan-tokens',
 *   send: ({ headers, body }, { signal }) => publish('tokens', body, { headers, signal }),
 * })
 */
export function cloudEvents(options: CloudEventsOptions): Deliver {
  const { send, ...how } = readOptions<CloudEventsOptions>(
    'cloudEvents',
    z.strictObject({ ...schema, send: callable() }),
    options,
  )
  return (notice, attempt) =>
    send(
      {
        headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
        body: JSON.stringify(cloudEvent(notice, how)),
      },
      attempt,
    )
}
