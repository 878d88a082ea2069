/**
 * Refuses a build whose files import each other in a circle: a module would run before what it needs, and find
 * nothing there. Grouping modules into files by hand can bring that about.
 */

import type { Plugin } from 'vite';

export function noCycles(): Plugin {
  return {
    name: 'no-cycles',
    apply: 'build',
    generateBundle(_options, bundle) {
      const imports = (file: string) => {
        const chunk = bundle[file];
        return chunk?.type === 'chunk' ? chunk.imports : [];
      };
      const finished = new Set<string>();
      const visit = (file: string, way: string[]) => {
        if (way.includes(file)) this.error(`files import each other: ${[...way, file].join(' → ')}`);
        if (finished.has(file)) return;
        for (const next of imports(file)) visit(next, [...way, file]);
        finished.add(file);
      };
      for (const file of Object.keys(bundle)) visit(file, []);
    },
  };
}
