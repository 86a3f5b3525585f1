/** `plan-access-tokens/outbox/webhooks`: webhooks that receivers can verify, and that reach no private network. */
export { type StandardWebhooksOptions, standardWebhooks, type WebhookEndpoint } from './standard.ts'
