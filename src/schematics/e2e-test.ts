import type { AppTools } from './app-tools.js';

/** The module that the test starts. */
export interface TestedModule {
  readonly className: string;
  readonly isDefaultExport: boolean;
  /** The path of its file without extension, relative to the folder of the test. */
  readonly path: string;
}

/** Returns an end-to-end test against the local Unkey server, for the app's test runner, module format and adapter. */
export function e2eTest({ className, isDefaultExport, path }: TestedModule, tools: AppTools): string {
  const { testRunner, isEsm, isFastify } = tools;
  const application = isFastify ? 'NestFastifyApplication' : 'INestApplication';
  const imports = [
    isFastify
      ? "import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';"
      : "import type { INestApplication } from '@nestjs/common';",
    "import { Test } from '@nestjs/testing';",
    "import { UnkeyEmulator, useEmulator } from 'nestjs-unkey/testing';",
    ...(testRunner === 'vitest'
      ? ["import { afterAll, beforeAll, describe, expect, it } from 'vitest';"]
      : []),
    `import ${isDefaultExport ? className : `{ ${className} }`} from '${path}${isEsm ? '.js' : ''}';`,
  ];
  const adapter = isFastify ? 'new FastifyAdapter()' : '';
  return `${imports.join('\n')}

// A GET route that needs a key. Change it if your app has none at this path.
const ROUTE = '/';

describe('API keys', () => {
  let unkey: UnkeyEmulator;
  let app: ${application};

  beforeAll(async () => {
    unkey = await UnkeyEmulator.start();
    const builder = Test.createTestingModule({ imports: [${className}] });
    const module = await useEmulator(builder, unkey).compile();
    app = module.createNestApplication(${adapter});
    await app.listen(0);
  });

  afterAll(async () => {
    await app.close();
    await unkey.close();
  });

  async function statusOf(headers: Record<string, string>): Promise<number> {
    const response = await fetch(\`\${await app.getUrl()}\${ROUTE}\`, { headers });
    return response.status;
  }

  it('accepts a valid key', async () => {
    const { key } = await unkey.createKey();
    expect(await statusOf({ 'x-api-key': key })).toBe(200);
  });

  it('rejects a request without a key', async () => {
    expect(await statusOf({})).toBe(401);
  });

  it('rejects an unknown key', async () => {
    expect(await statusOf({ 'x-api-key': 'unknown' })).toBe(401);
  });
});
`;
}
