import { RootKey, type RootKeySettings } from '../authentication/root-key.js';
import type { Random } from '../domain/random.js';
import type { ChangeListener } from './changes.js';

/** The root keys of the workspace, by their text. */
export class RootKeys {
  readonly #byText = new Map<string, RootKey>();

  constructor(
    private readonly random: Random,
    private readonly changed: ChangeListener,
  ) {}

  all(): Iterable<readonly [text: string, rootKey: RootKey]> {
    return this.#byText;
  }

  /** Creates a random root key and returns its text. */
  create(settings: RootKeySettings): string {
    const text = `unkey_${this.random.secret(16)}`;
    this.add(text, settings);
    return text;
  }

  add(text: string, settings: RootKeySettings): void {
    this.#byText.set(text, new RootKey(settings));
    this.changed('rootKey', text);
  }

  find(text: string): RootKey | undefined {
    return this.#byText.get(text);
  }
}
