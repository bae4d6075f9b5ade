/**
 * The places of one request in which a key may stand, as its transport reads them. Every value that was sent is
 * listed, so that two different ones can be told from one.
 */
export interface KeyPlaces {
  /** The values under a header's name, in any case. */
  header(name: string): readonly string[];
  /** The values of a query parameter, by its exact name. */
  query(name: string): readonly string[];
  /** The values of what the client sent when it connected, by its exact name; absent without a handshake. */
  handshake?(name: string): readonly string[];
  /** The value of a property of the message's data, by its path; absent where requests carry no message. */
  payload?(path: readonly string[]): readonly string[];
}
