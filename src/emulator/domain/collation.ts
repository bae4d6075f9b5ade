/** Compares two texts, as for `Array.sort`. */
export type Collation = (a: string, b: string) => number;

// The English locale uses the Unicode root order unchanged, which the database's collations are based on.
const LOCALE = 'en';

/** `utf8mb4_0900_ai_ci`: ignores letter case, accents and width, but й ≠ и. Used for role names. */
export const accentInsensitive: Collation = new Intl.Collator(LOCALE, { sensitivity: 'base' }).compare;

/**
 * `utf8mb4_0900_as_cs`: ignores only ignorable characters, the script of digits and the form of composed characters.
 * Used for namespaces, override identifiers and limit names.
 */
export const accentSensitive: Collation = new Intl.Collator(LOCALE, { sensitivity: 'variant' }).compare;
