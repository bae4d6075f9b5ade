/** The id of the emulator's workspace, which URN grants name. */
export const WORKSPACE_ID = 'ws_emulator';

const PREFIX = `unkey:v1:${WORKSPACE_ID}:`;

/** A grant of the form `unkey:v1:<workspace>:<resource>#<action>`. */
export interface UrnGrant {
  readonly segments: readonly string[];
  readonly action: string;
}

/** Parses a grant. Returns nothing for other texts and for grants of another workspace. */
export function parseUrnGrant(text: string): UrnGrant | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const [resource = '', action = '', ...rest] = text.slice(PREFIX.length).split('#');
  if (resource === '' || action === '' || rest.length > 0) return undefined;
  // All actions can be granted only on all resources.
  if (action === '*' && resource !== '**') return undefined;
  return { segments: resource.split('/'), action };
}

/** Whether a grant covers an action on a resource: `*` matches one segment, a final `**` all that follow. */
export function covers(grant: UrnGrant, resource: string, action: string): boolean {
  if (grant.action !== '*' && grant.action !== action) return false;
  const wanted = resource.split('/');
  for (const [index, segment] of grant.segments.entries()) {
    if (segment === '**' && index === grant.segments.length - 1) return true;
    if (index >= wanted.length || (segment !== '*' && segment !== wanted[index])) return false;
  }
  return grant.segments.length === wanted.length;
}
