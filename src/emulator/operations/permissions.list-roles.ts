import { demand } from '../authentication/demand.js';
import { searchFor } from '../domain/search.js';
import { operation } from './operation.js';
import { PAGE_SIZE, pageAnswer } from './page-answer.js';
import { roleData } from './role-data.js';

export const listRoles = operation('permissions.listRoles', (body, { workspace, rootKey }) => {
  demand(rootKey, 'rbac.*.read_role');
  const found = searchFor(body.search);
  const page = workspace.roles.page(body.limit ?? PAGE_SIZE, body.cursor, ({ id, name, description }) =>
    found([id, name, description]),
  );
  return pageAnswer(page, roleData);
});
