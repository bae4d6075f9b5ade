/** Compares two texts: below, at or above 0. */
export type Collation = (a: string, b: string) => number;

// English tailors nothing, so this is the Unicode root order, which the database's collations come from.
const LOCALE = 'en';

/** `utf8mb4_0900_ai_ci`: without regard to letter case, accents and width, but й ≠ и. Role names compare by it. */
export const accentInsensitive: Collation = new Intl.Collator(LOCALE, { sensitivity: 'base' }).compare;

/**
 * `utf8mb4_0900_as_cs`: texts are equal if they differ in nothing but ignorable characters, the script of digits, or
 * the form of composed characters. Namespaces, override identifiers and limit names compare by it.
 */
export const accentSensitive: Collation = new Intl.Collator(LOCALE, { sensitivity: 'variant' }).compare;
