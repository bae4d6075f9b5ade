// What a reader's browser sees of one page.

/** Opens a page and returns its faults, its links and its anchors. */
export async function inspectPage(page, origin, path) {
  const faults = [];
  const onConsole = (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  };
  const onError = (error) => faults.push(`script error: ${error.message}`);
  const onRequest = (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${origin}/`))
      faults.push(`request to another host: ${request.url()}`);
  };
  const onResponse = (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} for ${response.url()}`);
  };
  const listeners = { console: onConsole, pageerror: onError, request: onRequest, response: onResponse };
  for (const [event, listener] of Object.entries(listeners)) page.on(event, listener);
  await page.goto(origin + path, { waitUntil: 'networkidle' });
  const seen = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    content: document.documentElement.scrollWidth,
    links: [...document.querySelectorAll('a[href]')].map((link) => link.href),
    anchors: [...document.querySelectorAll('[id]')].map(({ id }) => id),
    images: [...document.images].filter((image) => image.naturalWidth === 0).map(({ src }) => src),
    title: document.title,
  }));
  for (const [event, listener] of Object.entries(listeners)) page.off(event, listener);
  if (seen.content > seen.width)
    faults.push(`scrolls sideways: ${seen.content} px of content in a window of ${seen.width} px`);
  if (seen.title === '') faults.push('has no title');
  faults.push(...seen.images.map((src) => `image without content: ${src}`));
  return { faults, links: seen.links, anchors: new Set(seen.anchors) };
}

/** Returns the internal links that lead to no page or to no anchor. */
export function deadLinks(seen, origin) {
  const dead = [];
  for (const [path, { links }] of seen) {
    for (const link of new Set(links)) {
      const { origin: host, pathname, hash } = new URL(link);
      if (host !== origin) continue;
      const target = seen.get(pathname);
      if (target === undefined) dead.push(`${path}: link to a page that does not exist: ${pathname}`);
      else if (hash !== '' && !target.anchors.has(decodeURIComponent(hash.slice(1))))
        dead.push(`${path}: link to an anchor that does not exist: ${pathname}${hash}`);
    }
  }
  return dead;
}
