/** A copy of plain data that nobody can change, down to its leaves. */
export function frozenCopy<Data>(data: Data): Data {
  return freeze(structuredClone(data));
}

/** Whether nobody can change this plain data, down to its leaves. */
export function isFrozen(data: unknown): boolean {
  return Object.isFrozen(data) && members(data).every(isFrozen);
}

function freeze<Data>(data: Data): Data {
  members(data).forEach(freeze);
  return Object.freeze(data);
}

function members(data: unknown): unknown[] {
  return typeof data === 'object' && data !== null ? Object.values(data) : [];
}
