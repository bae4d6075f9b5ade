/** Returns a deep-frozen copy of plain data. */
export function frozenCopy<Data>(data: Data): Data {
  return freeze(structuredClone(data));
}

/** Whether plain data is deep-frozen. */
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
