// Draws the text of a terminal as an SVG image.

const COLUMNS = 112;
const CHARACTER = 7.8;
const LINE = 18;
const PADDING = 20;
const BAR = 36;
const COLOURS = { text: '#d6dae3', dim: '#8b93a7', good: '#7ddc9a', warn: '#ffc46b', bad: '#ff8fa3' };

/** Returns an SVG image of `lines`, each cut at 112 columns, in a dark window. */
export function terminalSvg(title, lines) {
  const width = Math.ceil(COLUMNS * CHARACTER + 2 * PADDING);
  const height = BAR + 2 * PADDING + lines.length * LINE;
  const rows = lines.map((line, n) => row(cut(line), BAR + PADDING + n * LINE + 12)).filter(Boolean);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<rect width="${width}" height="${height}" rx="10" fill="#171a21"/>
<g><circle cx="22" cy="18" r="6" fill="#ff5f57"/><circle cx="42" cy="18" r="6" fill="#febc2e"/><circle cx="62" cy="18" r="6" fill="#28c840"/></g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="${COLOURS.text}">
${rows.join('\n')}
</g>
</svg>
`;
}

function row(line, y) {
  if (line.trim() === '') return '';
  const parts = coloured(line);
  let column = 0;
  const spans = parts.map(([text, colour]) => {
    const x = (PADDING + column * CHARACTER).toFixed(1);
    column += text.length;
    // A width of its own keeps the columns in line, whatever font the reader has.
    const length = (text.length * CHARACTER).toFixed(1);
    const fill = colour === undefined ? '' : ` fill="${COLOURS[colour]}"`;
    return `<tspan x="${x}" textLength="${length}"${fill}>${escape(text)}</tspan>`;
  });
  return `<text y="${y}">${spans.join('')}</text>`;
}

/** Splits a line of the sample app into texts with colours. */
function coloured(line) {
  if (line.startsWith('$ ')) return [['$ ', 'good'], [line.slice(2)]];
  if (/^(key {2}| {3}access)/.test(line)) return [[line, 'dim']];
  const access = /^( {3})(protected|optional|public)( .*)$/.exec(line);
  if (access) return [[access[1]], [access[2], access[2] === 'protected' ? 'good' : 'warn'], [access[3]]];
  const call = /^(\S.{14})(\d{3})( {5}.*)$/.exec(line);
  if (call)
    return [
      [call[1]],
      [call[2], call[2] < '300' ? 'good' : call[2] === '429' ? 'warn' : 'bad'],
      [call[3], 'dim'],
    ];
  return [[line]];
}

function cut(line) {
  return line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line;
}

function escape(text) {
  // SVG viewers collapse spaces, but not no-break spaces.
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll(' ', '\u00a0');
}
