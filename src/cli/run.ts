import { readArguments } from './arguments.js';
import { CliError } from './cli-error.js';
import { dev } from './dev.js';
import { HELP } from './help.js';
import { routes } from './routes.js';
import { VERSION } from './version.generated.js';

/** Runs a command line. An error is one sentence on stderr and an exit code. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    const command = readArguments(args);
    if (command.name === 'help') process.stdout.write(HELP);
    else if (command.name === 'version') console.log(VERSION);
    else if (command.name === 'routes') await routes(command);
    else await dev(command);
  } catch (error) {
    console.error(error instanceof CliError ? error.message : error);
    process.exitCode = error instanceof CliError ? error.exitCode : 1;
  }
}
