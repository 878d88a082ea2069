import { describe, expect, it } from 'vitest';
import { complaintAbout } from './password';

describe('a new password', () => {
  it('has 12 to 128 letters, whatever they are', () => {
    expect(complaintAbout('pendek', 'pendek')).toBe('short');
    expect(complaintAbout('😀'.repeat(11), '😀'.repeat(11))).toBe('short');
    expect(complaintAbout('😀'.repeat(12), '😀'.repeat(12))).toBeUndefined();
    expect(complaintAbout('a'.repeat(129), 'a'.repeat(129))).toBe('long');
  });

  it('is typed twice', () => {
    expect(complaintAbout('kuda-laut-menari', 'kuda-laut-menarik')).toBe('differs');
    expect(complaintAbout('kuda-laut-menari', 'kuda-laut-menari')).toBeUndefined();
  });
});
