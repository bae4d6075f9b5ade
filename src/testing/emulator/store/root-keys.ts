import { RootKey, type RootKeySettings } from '../authentication/root-key.js';

/** The root keys of the workspace, by their text. */
export class RootKeys {
  readonly #byText = new Map<string, RootKey>();

  add(text: string, settings: RootKeySettings): void {
    this.#byText.set(text, new RootKey(settings));
  }

  find(text: string): RootKey | undefined {
    return this.#byText.get(text);
  }
}
