/**
 * The files of the app, which are written when the schematic has ended without an error. This and {@link Context} are the
 * parts of the devkit's types that are used here, so that the package does not depend on the devkit.
 */
export interface Tree {
  exists(path: string): boolean;
  read(path: string): Uint8Array | null;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
}

export interface Context {
  readonly logger: { info(message: string): void };
}

/** Returns the text of a file, or `undefined` if there is none. */
export function readText(tree: Tree, path: string): string | undefined {
  const content = tree.read(path);
  return content === null ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
}
