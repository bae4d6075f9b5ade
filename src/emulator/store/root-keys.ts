import { RootKey, type RootKeySettings } from '../authentication/root-key.js';
import type { ChangeListener } from './changes.js';

/** The root keys of the workspace, by their text. */
export class RootKeys {
  readonly #byText = new Map<string, RootKey>();

  constructor(private readonly changed: ChangeListener) {}

  all(): Iterable<readonly [text: string, rootKey: RootKey]> {
    return this.#byText;
  }

  add(text: string, settings: RootKeySettings): void {
    this.#byText.set(text, new RootKey(settings));
    this.changed('rootKey', text);
  }

  find(text: string): RootKey | undefined {
    return this.#byText.get(text);
  }
}
