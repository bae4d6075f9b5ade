/** Calls operations as the apps of a small shop would, so that the page has something to show. */
export async function playShop(unkey) {
  const call = async (operation, body, rootKey = unkey.rootKey) => {
    const headers = { authorization: `Bearer ${rootKey}`, 'content-type': 'application/json' };
    const response = await fetch(`${unkey.url}/v2/${operation}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    // One call a second and a bit, so that the times of the list differ.
    unkey.clock.advance(1370);
    return (await response.json()).data;
  };
  const { apiId } = await call('apis.createApi', { name: 'shop' });
  await call('identities.createIdentity', { externalId: 'acme', meta: { seats: 5 } });
  await call('permissions.createRole', { name: 'reader', permissions: ['documents.read', 'documents.list'] });
  const create = async (body) => (await call('keys.createKey', { apiId, prefix: 'sk_live', ...body })).key;
  const alice = await create({
    name: 'Alice, production',
    externalId: 'acme',
    roles: ['reader'],
    meta: { plan: 'pro' },
    credits: { remaining: 1000, refill: { interval: 'monthly', amount: 1000, refillDay: 1 } },
  });
  const bob = await create({
    name: 'Bob, trial',
    permissions: ['documents.read'],
    credits: { remaining: 1 },
    expires: unkey.clock.now() + 14 * 86_400_000,
  });
  const carol = await create({ name: 'Carol, left the team', enabled: false });
  const dave = await create({
    name: 'Dave, script',
    externalId: 'acme',
    ratelimits: [{ name: 'requests', limit: 2, duration: 60_000, autoApply: true }],
  });
  const verify = (key, permissions, more = {}) =>
    call('keys.verifyKey', { key, ...(permissions && { permissions }), ...more });
  await verify(alice, 'documents.read');
  await verify(bob, 'documents.read');
  await verify(bob, 'documents.read');
  await verify(dave);
  await verify(dave);
  await verify(dave);
  await verify('sk_live_unknown00000000');
  await verify(carol);
  await call('ratelimit.limit', { namespace: 'mail', identifier: 'acme', limit: 100, duration: 60_000 });
  await call('ratelimit.setOverride', {
    namespace: 'mail',
    identifier: 'vip*',
    limit: 1000,
    duration: 60_000,
  });
  await verify(alice, 'documents.list');
  unkey.createRootKey({ name: 'Verify only', permissions: ['api.*.verify_key'] });
  await verify(alice, 'documents.write AND documents.read');
  await verify(alice, 'documents.read');
}
