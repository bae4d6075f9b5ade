/**
 * The places where a request can contain a key, as its transport reads them. Each method returns every value that was
 * sent, so that a name with two different values can be detected.
 */
export interface KeyPlaces {
  /** The values of a header, by its case-insensitive name. */
  header(name: string): readonly string[];
  /** The values of a query parameter, by its exact name. */
  query(name: string): readonly string[];
  /** The values that the client sent when it connected, by exact name; absent if the transport has no handshake. */
  handshake?(name: string): readonly string[];
  /** The value of a property of the message's data, by its path; absent if requests have no message. */
  payload?(path: readonly string[]): readonly string[];
}
