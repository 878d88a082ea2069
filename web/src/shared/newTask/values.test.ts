import { describe, expect, it } from 'vitest';
import { bodyOf, type NewTaskValues } from './values';

const FILLED: NewTaskValues = {
  jamaah_id: 'j',
  stage_id: 's',
  title: ' Telepon keluarga ',
  due_at: '2026-12-01',
  priority: 'high',
  role: 'visa-admin',
  assignee: 'u',
  notes: ' pagi ',
  required: true,
};

describe('what is sent of a new task', () => {
  it('ends on the day that was chosen, in the zone of the organisation', () => {
    expect(bodyOf(FILLED, 'Asia/Jakarta').due_at).toBe('2026-12-01T17:00:00.000Z');
    expect(bodyOf(FILLED, 'Asia/Jayapura').due_at).toBe('2026-12-01T15:00:00.000Z');
  });

  it('is without the blanks around what was typed', () => {
    expect(bodyOf(FILLED, 'Asia/Jakarta')).toMatchObject({ title: 'Telepon keluarga', notes: 'pagi' });
  });

  it('leaves to the server what is empty', () => {
    const empty = { ...FILLED, due_at: '', role: '', assignee: '', notes: '  ' };
    expect(bodyOf(empty, 'Asia/Jakarta')).toMatchObject({
      due_at: null,
      role: null,
      assignee: null,
      notes: null,
    });
  });
});
