/**
 * Lets the browser fetch the page that most people open first along with the application, not after it: adds
 * `<link>`s for its files to `index.html`.
 */

import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite';

/** `module` is the page's, as it ends. */
export function firstScreen(module: string): Plugin {
  return {
    name: 'first-screen',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle }) => {
        const chunks = Object.values(bundle ?? {}).filter((file) => file.type === 'chunk');
        const page = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
        if (!page) throw new Error(`there is no chunk for ${module}`);
        return withImports(page, chunks)
          .filter(({ fileName }) => !html.includes(fileName))
          .flatMap(linksTo);
      },
    },
  };
}

function withImports(chunk: Rolldown.OutputChunk, all: Rolldown.OutputChunk[]): Rolldown.OutputChunk[] {
  const found = new Set([chunk]);
  for (const one of found) {
    for (const other of all) if (one.imports.includes(other.fileName)) found.add(other);
  }
  return [...found];
}

function linksTo({ fileName, viteMetadata }: Rolldown.OutputChunk): HtmlTagDescriptor[] {
  const link = (attrs: Record<string, string>): HtmlTagDescriptor => ({
    tag: 'link',
    attrs: { crossorigin: '', ...attrs },
    injectTo: 'head',
  });
  return [
    link({ rel: 'modulepreload', href: `/${fileName}` }),
    ...[...(viteMetadata?.importedCss ?? [])].map((css) => link({ rel: 'preload', as: 'style', href: `/${css}` })),
  ];
}
