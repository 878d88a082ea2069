import { describe, expect, it } from 'vitest';
import { fieldsOf, nameIn } from './difference';

describe('what an event of the log changed', () => {
  it('is what differed, before and after', () => {
    const event = {
      before: { status: 'pending', version: 3, assignee: 'u' },
      after: { id: 't', title: 'Unduh e-visa', status: 'completed', version: 4 },
    };
    expect(fieldsOf(event)).toEqual([
      { name: 'status', before: 'pending', after: 'completed' },
      { name: 'assignee', before: 'u', after: null },
    ]);
  });

  it('is all that is said of what is new', () => {
    const event = { before: null, after: { id: 'r', key: 'finance', version: 1, stages: null, people: 0 } };
    expect(fieldsOf(event)).toEqual([
      { name: 'key', after: 'finance' },
      { name: 'people', after: 0 },
    ]);
  });

  it('is about what its row is called', () => {
    expect(nameIn({ id: 't', title: 'Unduh e-visa', name: 'x' })).toBe('Unduh e-visa');
    expect(nameIn({ id: 's', operation: 'GET /api/v1/users' })).toBe('GET /api/v1/users');
    expect(nameIn({ id: 's' })).toBeUndefined();
  });
});
