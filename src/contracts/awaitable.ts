/** A value, or a promise of one: what a step returns that may be synchronous or asynchronous. */
export type Awaitable<T> = T | Promise<T>;
