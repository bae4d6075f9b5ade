import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { IMAGE, startImage } from '../../scripts/terminal-svg.mjs';
import { compileSample, killSamplesAfterwards, startSample } from '../sample-app/support/sample.js';
import { ROOT } from './markdown.js';

killSamplesAfterwards();
beforeAll(compileSample);

it(`${IMAGE} shows what npm start prints`, async () => {
  const sample = await startSample();
  const image = startImage(sample.text());
  expect(readFileSync(ROOT + IMAGE, 'utf8'), 'run npm run docs:terminal').toBe(image);
  for (const key of sample.text().match(/docs_[A-Za-z0-9]{20,}/g) ?? []) expect(image).not.toContain(key);
});
