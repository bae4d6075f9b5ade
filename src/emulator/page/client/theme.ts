import { button } from './parts.js';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const STORED = 'unkey-emulator-theme';

/** A button that switches between the theme of the system, light and dark. */
export function themeButton(): HTMLElement {
  let theme: Theme = THEMES.find((one) => one === localStorage.getItem(STORED)) ?? 'system';
  const element = button('', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
    localStorage.setItem(STORED, theme);
    draw();
  });
  const draw = (): void => {
    element.textContent = `Theme: ${theme}`;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  draw();
  return element;
}
