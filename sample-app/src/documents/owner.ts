/** The owner of the documents that a key may use. Keys without an identity share one owner. */
export function ownerOf(externalId: string | undefined): string {
  return externalId ?? 'nobody';
}
