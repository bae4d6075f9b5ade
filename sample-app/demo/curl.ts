const COLUMNS = 100;

/** A `curl` command that shows the status and the headers. It is broken into lines of at most 100 columns. */
export function curl(
  url: string,
  { key, body, method }: { key?: string; body?: unknown; method?: 'POST' } = {},
): string {
  const parts = [
    `curl -i ${method === undefined ? '' : `-X ${method} `}${url}`,
    ...(key === undefined ? [] : [`-H 'x-api-key: ${key}'`]),
    ...(body === undefined ? [] : [`-H 'content-type: application/json' -d '${JSON.stringify(body)}'`]),
  ];
  const line = parts.join(' ');
  return line.length <= COLUMNS ? line : parts.join(' \\\n  ');
}
