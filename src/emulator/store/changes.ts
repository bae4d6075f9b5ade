/** The kinds of records that a workspace holds. */
export type RecordKind =
  'api' | 'permission' | 'role' | 'identity' | 'key' | 'namespace' | 'rootKey' | 'migration' | 'counter';

/** Hears of every record that was made, changed or deleted. */
export type ChangeListener = (kind: RecordKind, id: string) => void;
