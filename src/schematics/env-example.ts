const LINES = [
  '# A root key with the permission api.<api id>.verify_key. `nestjs-unkey dev` prints one for the local Unkey server.',
  'UNKEY_ROOT_KEY=',
  '# Only for the local Unkey server: the address that it prints. Default: https://api.unkey.com',
  '# UNKEY_BASE_URL=http://127.0.0.1:7070',
];

/** Adds the environment variables of this package to a .env.example. Returns it unchanged if it names them already. */
export function envExample(text = ''): string {
  if (/^[#\s]*(?:export\s+)?UNKEY_ROOT_KEY\s*=/m.test(text)) return text;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text === '' || text.endsWith('\n') ? text : text + eol;
  return `${before}${before === '' ? '' : eol}${LINES.join(eol)}${eol}`;
}
