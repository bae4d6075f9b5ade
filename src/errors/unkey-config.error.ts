/**
 * A fault in what the developer wrote, found at boot: an option, a decorator's argument, a second registration.
 * One sentence: where, what it got, what it takes.
 */
export class UnkeyConfigError extends Error {
  override readonly name = 'UnkeyConfigError';
}
