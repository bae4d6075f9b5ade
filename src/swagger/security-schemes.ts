import type { KeySource } from '../contracts/key-source.js';
import type { SecuritySchemeObject } from '../contracts/security-scheme.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { ComponentNames } from './component-names.js';
import type { Reference, SecuritySchemes } from './open-api.js';

type Scheme = Exclude<SecuritySchemes[string], Reference>;

/** The security schemes of a document: the user's own, and those of key sources. */
export class SecuritySchemeNames {
  readonly #schemes: ComponentNames<SecuritySchemes[string]>;

  constructor(private readonly given: SecuritySchemes = {}) {
    this.#schemes = new ComponentNames(given);
  }

  get all(): SecuritySchemes {
    return this.#schemes.all;
  }

  /**
   * Returns the schemes of key sources. An equal scheme of the user's is used. A source without a description has none.
   *
   * @param instance the name of the instance that reads these sources
   */
  namesOf(sources: readonly KeySource[], instance: string | undefined): string[] {
    const names = describedBy(sources).map((scheme) => {
      const [equal] = this.#equalTo(scheme);
      return equal ?? this.#schemes.add(nameOf(scheme, instance), { ...scheme });
    });
    return [...new Set(names)];
  }

  /** Returns every scheme that describes one of these sources. */
  namesFor(sources: readonly KeySource[]): Set<string> {
    return new Set(describedBy(sources).flatMap((scheme) => this.#equalTo(scheme)));
  }

  #equalTo(scheme: SecuritySchemeObject): string[] {
    const wanted = identity(scheme);
    return Object.entries(this.given)
      .filter(([, other]) => !('$ref' in other) && identity(other) === wanted)
      .map(([name]) => name);
  }
}

function describedBy(sources: readonly KeySource[]): SecuritySchemeObject[] {
  return sources.map(({ openapi }) => openapi).filter((scheme) => scheme !== undefined && checked(scheme));
}

function checked(scheme: unknown): scheme is SecuritySchemeObject {
  const type: unknown =
    typeof scheme === 'object' && scheme !== null ? Reflect.get(scheme, 'type') : undefined;
  if (typeof type === 'string') return true;
  throw new UnkeyConfigError(
    'describeUnkey(): "openapi" of a key source must be a Security Scheme Object, such as ' +
      `{ type: 'apiKey', in: 'header', name: 'x-partner' }, got ${JSON.stringify(scheme)}.`,
  );
}

/** What makes two schemes the same. A bearer scheme with a format, such as JWT, is not one for API keys. */
function identity({ type, in: place, name, scheme, bearerFormat }: SecuritySchemeObject | Scheme): string {
  const isHeader = place === 'header';
  return JSON.stringify([
    type,
    place,
    isHeader ? name?.toLowerCase() : name,
    scheme?.toLowerCase(),
    bearerFormat,
  ]);
}

function nameOf({ type, name, scheme }: SecuritySchemeObject, instance: string | undefined): string {
  return ['unkey', instance, name ?? scheme ?? type].filter((part) => part !== undefined).join('-');
}
