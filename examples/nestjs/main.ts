/** A NestJS server of which the files honour plan access tokens, with an open route beside them. In a project with NestJS: `npx tsx main.ts`. */
import { Controller, Get, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { type Allowance, createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { PlanToken, PlanTokenGuarded, PlanTokensModule } from 'plan-access-tokens/nestjs'
import { testDirectory } from 'plan-access-tokens/testing'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

@PlanTokenGuarded()
@Controller('v1/files')
class Files {
  @Get(':key')
  show(@Param('key') key: string, @PlanToken() planToken: Allowance) {
    return { name: `File ${key}`, readBy: planToken.token.name }
  }
}

@Controller('health')
class Health {
  @Get()
  show() {
    return { ok: true }
  }
}

@Module({ imports: [PlanTokensModule.forRoot({ tokens })], controllers: [Files, Health] })
class App {}

async function main(): Promise<void> {
  const app = await NestFactory.create(App, { logger: ['error'] })
  // The policy's paths begin behind it.
  app.setGlobalPrefix('api')
  await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')

  const { secret } = await tokens.create({
    ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
    ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
  })
  const address = (await app.getUrl()).replace('[::1]', '127.0.0.1')
  console.log(`Listening. Try:\n  curl -i -H 'X-Figma-Token: ${secret.reveal()}' ${address}/api/v1/files/LANDING`)
}

main()
