import { describe, expect, it } from 'vitest';
import { ApiError, type ErrorCode } from '@/shared/api/errors';
import { currentTrouble, insisting } from './work';

const failing = (code: ErrorCode, status: number) => new ApiError({ code, status, message: code });

/** Fails in these ways one after the other, then succeeds. */
function runs(...failures: ApiError[]) {
  return async () => {
    const failure = failures.shift();
    if (failure) throw failure;
    return 'stored';
  };
}

const answered = async (again: boolean) => {
  await Promise.resolve();
  await Promise.resolve();
  currentTrouble()?.answer(again);
};

describe('what must not be lost', () => {
  it('is tried again as often as somebody asks for it', async () => {
    const stored = insisting('not stored', runs(failing('UNREACHABLE', 0), failing('UNAVAILABLE', 503)));
    await answered(true);
    await answered(true);
    await expect(stored).resolves.toBe('stored');
    expect(currentTrouble()).toBeUndefined();
  });

  it('fails for the caller when somebody gives up', async () => {
    const stored = insisting('not stored', runs(failing('UNAVAILABLE', 503)));
    const outcome = expect(stored).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await answered(false);
    await outcome;
  });

  it('asks nobody about what another try would not change', async () => {
    const stored = insisting('not stored', runs(failing('VERSION_CONFLICT', 409)));
    await expect(stored).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(currentTrouble()).toBeUndefined();
  });
});
