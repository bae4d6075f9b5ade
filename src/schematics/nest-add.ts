import { appTools, type AppTools } from './app-tools.js';
import { readText, type Context, type Tree } from './devkit.js';
import { e2eTest } from './e2e-test.js';
import { envExample } from './env-example.js';
import { ModuleShapeError, registerModule, type EditedModule } from './register-module.js';

/** The files of an app that the schematic reads or writes. */
interface Paths {
  readonly module: string;
  readonly moduleFromTest: string;
  readonly test: string;
  readonly starterTest: string;
}

const ENV_EXAMPLE = '.env.example';
const BY_HAND = 'Add UnkeyModule.forRoot({ globalGuard: true }) to the imports of your root module yourself.';

/**
 * The schematic of `nest add nestjs-unkey`: registers `UnkeyModule` in the app's root module, and adds `.env.example` and
 * an end-to-end test. Changes nothing if `UnkeyModule` is registered already.
 *
 * @throws Error if the root module can't be edited; then nothing is written
 */
export function nestAdd({ sourceRoot }: { sourceRoot?: unknown } = {}): (
  tree: Tree,
  context: Context,
) => Tree {
  const paths = pathsOf(typeof sourceRoot === 'string' && sourceRoot !== '' ? sourceRoot : 'src');
  return (tree, { logger }) => {
    const tools = appTools(tree);
    const before = readText(tree, paths.module);
    if (before === undefined) throw new Error(`There is no ${paths.module}. ${BY_HAND}`);
    const module = editModule(paths.module, before);
    if (module.text === before) {
      logger.info(`UnkeyModule is already registered in ${paths.module}. Nothing was changed.`);
      return tree;
    }
    tree.overwrite(paths.module, module.text);
    writeEnvExample(tree);
    const hasTest = writeTest(tree, paths, module, tools);
    logger.info(nextSteps(paths, tools, hasTest, tree.exists(paths.starterTest)));
    return tree;
  };
}

function pathsOf(sourceRoot: string): Paths {
  const root = sourceRoot.replace(/\\/g, '/').replace(/^(?:\.?\/)+|\/+$/g, '');
  const [, parent = '', folder = ''] = /^(.*\/)?([^/]*)$/.exec(root) ?? [];
  return {
    module: `${root}/app.module.ts`,
    moduleFromTest: `../${folder}/app.module`,
    test: `${parent}test/unkey.e2e-spec.ts`,
    starterTest: `${parent}test/app.e2e-spec.ts`,
  };
}

function editModule(path: string, text: string): EditedModule {
  try {
    return registerModule(text);
  } catch (error) {
    if (!(error instanceof ModuleShapeError)) throw error;
    throw new Error(`${path} ${error.message}. ${BY_HAND}`, { cause: error });
  }
}

function writeEnvExample(tree: Tree): void {
  const before = readText(tree, ENV_EXAMPLE);
  const after = envExample(before);
  if (before === undefined) tree.create(ENV_EXAMPLE, after);
  else if (after !== before) tree.overwrite(ENV_EXAMPLE, after);
}

/** Writes the test, unless there is one. Returns whether there is a test now. */
function writeTest(tree: Tree, paths: Paths, module: EditedModule, tools: AppTools): boolean {
  if (tree.exists(paths.test)) return true;
  if (tools.testRunner === undefined) return false;
  tree.create(paths.test, e2eTest({ ...module, path: paths.moduleFromTest }, tools));
  return true;
}

function nextSteps(paths: Paths, { run, exec }: AppTools, hasTest: boolean, hasStarterTest: boolean): string {
  const lines = [
    '',
    `UnkeyModule is registered in ${paths.module}. Every handler now needs an API key, except those with @Public().`,
    '',
    'Start a local Unkey server. It prints UNKEY_ROOT_KEY, UNKEY_BASE_URL and a command that creates a key:',
    `  ${exec} nestjs-unkey dev`,
    'Set these two variables and start your app:',
    `  ${run} start:dev`,
  ];
  if (hasTest) lines.push(`Test it with ${paths.test}, which needs neither variable:`, `  ${run} test:e2e`);
  else lines.push('No test was added, because package.json lists neither jest nor vitest.');
  if (hasStarterTest) {
    lines.push(
      '',
      `${paths.starterTest} fails from now on, because your app needs a root key and its routes need an API key.`,
      hasTest ? `Change it as ${paths.test} does it: useEmulator() and a key in the header.` : '',
    );
  }
  return lines.join('\n');
}
