/**
 * What the definitions of External Secrets (config/crds/bases of external-secrets/external-secrets) say of the fields that the recipe
 * uses, as JSON Schema: names, what is required, and what a value may be. A field that is not here is refused.
 */

const text = { type: 'string' }
const name = {
  type: 'string',
  maxLength: 253,
  minLength: 1,
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
}
const key = { type: 'string', maxLength: 253, minLength: 1, pattern: '^[-._a-zA-Z0-9]+$' }
const duration = { type: 'string', pattern: '^([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$' }
const words = { type: 'object', additionalProperties: text }

const object = (properties: object, required: readonly string[] = [], more: object = {}) => ({
  ...{ type: 'object', properties, required, additionalProperties: false },
  ...more,
})
const resource = (apiVersion: string, kind: string, rest: object, required: readonly string[] = []) =>
  object(
    {
      apiVersion: { const: apiVersion },
      kind: { const: kind },
      metadata: object({ name, labels: words }, ['name']),
      ...rest,
    },
    ['apiVersion', 'kind', 'metadata', ...required],
  )

/** `webhooks.generators.external-secrets.io`, version v1alpha1. */
const webhook = resource(
  'generators.external-secrets.io/v1alpha1',
  'Webhook',
  {
    spec: object(
      {
        ...{ url: text, method: text, body: text, timeout: duration, headers: words },
        result: object({ jsonPath: text }),
        secrets: {
          type: 'array',
          items: object({ name: text, secretRef: object({ name, key }) }, ['name', 'secretRef']),
        },
      },
      ['result', 'url'],
    ),
  },
  ['spec'],
)

const generatorRef = object(
  {
    apiVersion: { type: 'string', default: 'generators.external-secrets.io/v1alpha1' },
    kind: {
      enum: [
        ...[
          'ACRAccessToken',
          'ClusterGenerator',
          'ECRAuthorizationToken',
          'Fake',
          'GCRAccessToken',
          'GithubAccessToken',
        ],
        ...['QuayAccessToken', 'Password', 'STSSessionToken', 'UUID', 'VaultDynamicSecret', 'Webhook', 'Grafana'],
      ],
    },
    name,
  },
  ['kind', 'name'],
)

/** `externalsecrets.external-secrets.io`, version v1. */
const externalSecret = resource('external-secrets.io/v1', 'ExternalSecret', {
  spec: object({
    refreshInterval: duration,
    refreshPolicy: { enum: ['CreatedOnce', 'Periodic', 'OnChange'] },
    target: object({
      name,
      creationPolicy: { enum: ['Owner', 'Orphan', 'Merge', 'None'] },
      deletionPolicy: { enum: ['Delete', 'Merge', 'Retain'] },
      template: object({ data: words, engineVersion: { enum: ['v2'] }, mergePolicy: { enum: ['Replace', 'Merge'] } }),
    }),
    dataFrom: {
      type: 'array',
      items: object({ sourceRef: object({ generatorRef }, [], { minProperties: 1, maxProperties: 1 }) }),
    },
  }),
})

/** `Secret` of Kubernetes itself. */
const secret = resource('v1', 'Secret', { stringData: words, data: words, type: text })

/** The schema of each kind of resource. */
export const KINDS: { readonly [kind: string]: object } = {
  Secret: secret,
  Webhook: webhook,
  ExternalSecret: externalSecret,
}
