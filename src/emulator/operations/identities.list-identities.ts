import { demand } from '../authentication/demand.js';
import { searchFor } from '../domain/search.js';
import { onIdentity } from './identity-demand.js';
import { identityData } from './key-data.js';
import { operation } from './operation.js';
import { PAGE_SIZE, pageAnswer } from './page-answer.js';

export const listIdentities = operation('identities.listIdentities', (body, { workspace, rootKey }) => {
  const found = searchFor(body.search);
  const page = workspace.identities.page(body.limit ?? PAGE_SIZE, body.cursor, ({ id, externalId }) =>
    found([id, externalId]),
  );
  // The check is per row, so every root key may list a workspace without identities.
  for (const { id } of page.rows) demand(rootKey, onIdentity('read_identity', id));
  return pageAnswer(page, (identity) => identityData(identity));
});
