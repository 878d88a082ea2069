/** Colours, type and measures, and the names by which components use them (`--ink`, `--late-bar`, …). */

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const tuple = (shades: string): MantineColorsTuple =>
  shades.split(' ').map((shade) => `#${shade}`) as unknown as MantineColorsTuple;

const colors = {
  lapis: tuple('F3F7FF E5EDFF CADBFF A8C2FD 7BA1FC 547EEE 355CD4 284BBA 1F3B94 162A67'),
  gray: tuple('F9FAFC F2F3F6 E5E7EB D4D7DD B0B4BC 878C96 666C77 4D535E 323843 181D26'),
  dark: tuple('E4E6EA C1C4CA 9FA3AB 646973 393F48 282D35 1F232A 171A20 0F1217 090B0F'),
  teal: tuple('EEFAF6 D9F2E9 B7E5D5 8ED1BB 5CB99E 199C7E 057E65 076B55 035543 033D2F'),
  amber: tuple('FFF7EE FFEBD4 FED7A6 FDBD69 EBA440 C48218 A26A07 825408 6E4604 513407'),
  red: tuple('FFF4F3 FFE6E4 FFCDC9 FEA6A0 F7726D E23F43 C71529 A6071E 840616 5F050E'),
};

const font = "'Inter Variable', system-ui, sans-serif";

/** The head of a dialog is a `<header>`, which would count as one of the page's. */
const NO_BANNER = { header: { role: 'none' } };

/** In the words of the language that is spoken. */
export const themeIn = (words: { close: string }) =>
  createTheme({
    colors,
    primaryColor: 'lapis',
    primaryShade: 6,
    autoContrast: false,
    fontFamily: font,
    headings: { fontFamily: font, fontWeight: '600' },
    fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
    lineHeights: { xs: '1.3333', sm: '1.3846', md: '1.4286', lg: '1.375', xl: '1.3' },
    spacing: { xs: '0.25rem', sm: '0.5rem', md: '0.75rem', lg: '1rem', xl: '1.5rem' },
    radius: { xs: '4px', sm: '4px', md: '6px', lg: '8px', xl: '8px' },
    defaultRadius: 'md',
    cursorType: 'pointer',
    respectReducedMotion: true,
    breakpoints: { xs: '30em', sm: '48em', md: '62em', lg: '75em', xl: '90em' },
    components: {
      Button: { defaultProps: { size: 'sm', fw: 500 } },
      CloseButton: { defaultProps: { 'aria-label': words.close } },
      Modal: {
        defaultProps: {
          centered: true,
          radius: 'lg',
          attributes: NO_BANNER,
          overlayProps: { backgroundOpacity: 0.4 },
        },
      },
      Drawer: { defaultProps: { attributes: NO_BANNER } },
    },
  });

const shade = (color: keyof typeof colors, index: number) => `var(--mantine-color-${color}-${index})`;

const over = (color: keyof typeof colors, percent: number) =>
  `color-mix(in srgb, ${shade(color, 5)} ${percent}%, transparent)`;

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--canvas': shade('gray', 0),
    '--panel': '#ffffff',
    '--sunken': shade('gray', 1),
    '--line': shade('gray', 2),
    '--line-strong': shade('gray', 3),
    '--control-line': shade('gray', 5),
    '--ink': shade('gray', 9),
    '--ink-2': shade('gray', 7),
    '--ink-3': shade('gray', 6),
    '--accent-fill': shade('lapis', 6),
    '--accent': shade('lapis', 7),
    '--accent-mark': shade('lapis', 6),
    '--accent-tint': shade('lapis', 0),
    '--accent-edge': shade('lapis', 2),
    '--ok': shade('teal', 7),
    '--ok-bar': shade('teal', 5),
    '--ok-tint': shade('teal', 0),
    '--ok-edge': shade('teal', 2),
    '--risk': shade('amber', 7),
    '--risk-bar': shade('amber', 5),
    '--risk-stripe': shade('amber', 3),
    '--risk-tint': shade('amber', 0),
    '--risk-edge': shade('amber', 2),
    '--late': shade('red', 6),
    '--late-bar': shade('red', 7),
    '--late-tint': shade('red', 0),
    '--late-edge': shade('red', 2),
    '--flag-fill': shade('gray', 8),
    '--flag-ink': '#ffffff',
    '--critical-fill': shade('red', 6),
    '--mantine-color-body': 'var(--panel)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-error': 'var(--late)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-default-color': 'var(--ink)',
    '--shadow': '0 4px 16px rgb(24 29 38 / 12%), 0 1px 3px rgb(24 29 38 / 8%)',
  },
  dark: {
    '--canvas': shade('dark', 8),
    '--panel': shade('dark', 7),
    '--sunken': shade('dark', 6),
    '--line': shade('dark', 5),
    '--line-strong': shade('dark', 4),
    '--control-line': shade('dark', 3),
    '--ink': shade('dark', 0),
    '--ink-2': shade('dark', 1),
    '--ink-3': shade('dark', 2),
    '--accent-fill': shade('lapis', 6),
    '--accent': shade('lapis', 3),
    '--accent-mark': shade('lapis', 4),
    '--accent-tint': over('lapis', 14),
    '--accent-edge': over('lapis', 45),
    '--ok': shade('teal', 4),
    '--ok-bar': shade('teal', 7),
    '--ok-tint': over('teal', 14),
    '--ok-edge': over('teal', 45),
    '--risk': shade('amber', 4),
    '--risk-bar': shade('amber', 3),
    '--risk-stripe': shade('amber', 5),
    '--risk-tint': over('amber', 15),
    '--risk-edge': over('amber', 45),
    '--late': shade('red', 4),
    '--late-bar': shade('red', 4),
    '--late-tint': over('red', 14),
    '--late-edge': over('red', 45),
    '--flag-fill': shade('dark', 1),
    '--flag-ink': shade('dark', 8),
    '--critical-fill': shade('red', 6),
    '--mantine-color-body': 'var(--panel)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-error': 'var(--late)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default': 'var(--panel)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--shadow': '0 4px 20px rgb(0 0 0 / 50%)',
  },
});
