import { type Api, expect, expectAccessible, test } from './fixtures';
import { freshTask, type TaskCard } from './fixtures/tasks';

const give = (api: Api, task: TaskCard, to: string) =>
  api.post<TaskCard>(`/pipeline/tasks/${task.id}/assign`, { assignee: to, version: task.version });

test.describe('the bell', () => {
  test.use({ person: 'documents' });

  test('tells what concerns me, also what happened while I was away, until I have read it', async ({
    page,
    api,
    colleague,
  }) => {
    const { api: me } = await colleague('documents');
    const task = await freshTask(api, 'bucket=upcoming&status=pending&role=document-admin');
    const other = await freshTask(api, 'bucket=upcoming&status=pending&role=document-admin');
    await page.goto('/dashboard/pipeline/jamaah');
    await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible();
    const bell = page.getByRole('button', { name: /^Pemberitahuan/ });
    const panel = page.getByRole('dialog', { name: 'Pemberitahuan' });
    // alerts about bottlenecks come when the server has looked twice
    const unread = panel.locator('a[data-unread]').filter({ hasNotText: /^Hambatan/ });
    const given = await give(api, task, me.id);
    await expect(bell).toHaveAccessibleName(/belum dibaca$/);

    await page.goto('about:blank');
    await api.post(`/pipeline/tasks/${task.id}/block`, { reason: 'Foto buram', version: given.version });
    await give(api, other, me.id);
    await page.goto('/dashboard/pipeline/jamaah');
    await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible();
    await bell.focus();
    await page.keyboard.press('Enter');
    await expect(unread).toHaveCount(3);
    await expect(unread.first()).toContainText('menugaskan kepada Anda');
    const blocked = panel.getByRole('link', { name: /memblokir tugas Anda/ });
    await expect(blocked).toContainText(task.title);
    await expectAccessible(page);
    await blocked.click();
    await expect(page.getByRole('dialog', { name: task.title })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.reload();
    await bell.click();
    await expect(unread).toHaveCount(2);
    await panel.getByRole('button', { name: 'Tandai semua sudah dibaca' }).click();
    await expect(panel.locator('a[data-unread]')).toHaveCount(0);
    await expect(bell).toHaveAccessibleName('Pemberitahuan');
  });
});
