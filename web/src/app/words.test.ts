import { describe, expect, it } from 'vitest';

type Words = { [key: string]: string | Words };

const modules = <Language extends string>(all: Record<string, Record<Language, Words>>, language: Language) =>
  new Map(
    Object.entries(all).map(([path, module]) => [path.replace(`/${language}.ts`, ''), module[language]]),
  );

const indonesian = modules(
  { ...import.meta.glob<{ id: Words }>(['../**/words/**/id.ts'], { eager: true }) },
  'id',
);
const english = modules(
  { ...import.meta.glob<{ en: Words }>(['../**/words/**/en.ts'], { eager: true }) },
  'en',
);

/** Paths of all words; plural forms count once, as each language has its own. */
function keys(words: Words, before = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [before + key.replace(/_(one|other)$/, '')] : keys(value, `${before}${key}.`),
  );
}

function variables(words: Words, before = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [...value.matchAll(/\{\{(\w+)\}\}/g)].map(
          ([, name]) => `${before}${key.replace(/_(one|other)$/, '')}: ${name}`,
        )
      : variables(value, `${before}${key}.`),
  );
}

const sorted = (all: string[]) => [...new Set(all)].sort();

describe('both languages', () => {
  it('have the same folders of words', () => {
    expect([...english.keys()].sort()).toEqual([...indonesian.keys()].sort());
    expect(indonesian.size).toBeGreaterThan(0);
  });

  it.each([...indonesian.keys()])('have the same words, with the same gaps to fill: %s', (path) => {
    const [id, en] = [indonesian.get(path) ?? {}, english.get(path) ?? {}];
    expect(sorted(keys(en))).toEqual(sorted(keys(id)));
    expect(sorted(variables(en))).toEqual(sorted(variables(id)));
  });
});
