/** There already, or on its way. */
export type Awaitable<T> = T | Promise<T>;
