/**
 * Thrown at startup if the app is configured wrongly: an invalid option, an invalid decorator argument, a second
 * registration of the module. The message says where, what was given and what is valid.
 */
export class UnkeyConfigError extends Error {
  override readonly name = 'UnkeyConfigError';
}
