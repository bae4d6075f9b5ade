/** A value, or a promise of one: the return type of a step that may be synchronous or asynchronous. */
export type Awaitable<T> = T | Promise<T>;
