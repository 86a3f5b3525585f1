/**
 * AWS Secrets Manager rotates the secret of a token that renews itself: the four steps of its rotation, as a Lambda. The secret is kept
 * as `{"secret":"…"}`. Secrets Manager repeats a rotation that broke off with the same `ClientRequestToken`, which is the idempotency key
 * of the renewal: so an answer that was lost is had again.
 */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import type { SecretsManagerRotationEvent } from 'aws-lambda'

/** Where a token is renewed, and where a new secret is tried. */
export interface RotationOptions {
  readonly client: SecretsManagerClient
  /** `https://api.example.com/self/refresh`. */
  readonly renewalUrl: string
  /** An address of the API that any token may ask, such as one that needs a scope of this one. */
  readonly testUrl: string
}

/** Makes the function that Secrets Manager calls. */
export function rotation({ client, renewalUrl, testUrl }: RotationOptions) {
  const secretIn = async (id: string, stage: { VersionStage?: string; VersionId?: string }): Promise<string> => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: id, ...stage }))
    return (JSON.parse(SecretString) as { readonly secret: string }).secret
  }
  const steps: { readonly [S in SecretsManagerRotationEvent['Step']]: (id: string, token: string) => Promise<void> } = {
    async createSecret(id, token) {
      try {
        await secretIn(id, { VersionId: token, VersionStage: 'AWSPENDING' })
        return
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error
      }
      const response = await fetch(renewalUrl, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${await secretIn(id, { VersionStage: 'AWSCURRENT' })}`,
          'Idempotency-Key': token,
        },
        redirect: 'error',
      })
      const body = (await response.json()) as { readonly secret?: string; readonly code?: string }
      if (!response.ok || body.secret === undefined) throw new Error(`Not renewed: ${body.code ?? response.status}`)
      await client.send(
        new PutSecretValueCommand({
          SecretId: id,
          ClientRequestToken: token,
          SecretString: JSON.stringify({ secret: body.secret }),
          VersionStages: ['AWSPENDING'],
        }),
      )
    },
    // The server has it already.
    async setSecret() {},
    async testSecret(id, token) {
      const secret = await secretIn(id, { VersionId: token, VersionStage: 'AWSPENDING' })
      const { status } = await fetch(testUrl, { headers: { Authorization: `Bearer ${secret}` }, redirect: 'error' })
      if (status === 401 || status >= 500) throw new Error(`The new secret was answered ${status}.`)
    },
    async finishSecret(id, token) {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: id }))
      const current = Object.keys(VersionIdsToStages).find((version) =>
        VersionIdsToStages[version]?.includes('AWSCURRENT'),
      )
      if (current === token) return
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: id,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: token,
          ...(current !== undefined && { RemoveFromVersionId: current }),
        }),
      )
    },
  }
  return async ({ Step, SecretId, ClientRequestToken }: SecretsManagerRotationEvent): Promise<void> =>
    steps[Step](SecretId, ClientRequestToken)
}

/** What the Lambda is told to run. */
export const handler = (event: SecretsManagerRotationEvent): Promise<void> => {
  const { RENEWAL_URL: renewalUrl = '', TEST_URL: testUrl = '' } = process.env
  return rotation({ client: new SecretsManagerClient({}), renewalUrl, testUrl })(event)
}
