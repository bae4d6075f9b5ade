/** The kinds of records that a workspace holds. */
export type RecordKind =
  'api' | 'permission' | 'role' | 'identity' | 'key' | 'namespace' | 'rootKey' | 'migration' | 'counter';

/** Called for every record that was created, changed or deleted. */
export type ChangeListener = (kind: RecordKind, id: string) => void;
