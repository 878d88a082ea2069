/** Asks somebody to come: their address, their name, and as what. A link is mailed to them. */

import '@/shared/ui/modalStyles';
import '@mantine/core/styles/Input.layer.css';

import { Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { RoleChecks } from '@/shared/roles/RoleChecks';
import { FormFoot } from '@/shared/ui/FormFoot';
import form from '@/shared/ui/form.module.css';
import { toast } from '@/shared/ui/toast';
import { useDraftForm } from '@/shared/ui/useDraftForm';
import { usePhone } from '@/shared/ui/widths';
import { useListWords } from '@/shared/words/lists';
import { reload } from './queries';
import { usePeopleWords } from './words';

interface Values {
  email: string;
  name: string;
  roles: string[];
}

const NOBODY: Values = { email: '', name: '', roles: [] };
const COMPLAINTS = ['email', 'name', 'roles'] as const;

export default function InviteDialog({ close }: { close: () => void }) {
  const { t } = usePeopleWords();
  const { t: lists } = useListWords();
  const fullScreen = usePhone();
  const invite = useMutation({
    mutationFn: (values: Values) => ask(api.POST('/api/v1/users', { body: values })),
    onSuccess: ({ data, message }) => {
      forget();
      close();
      if (message) {
        toast.warning({
          title: t('invite.not_mailed'),
          text: t('invite.not_mailed_text', { name: data.name }),
        });
      } else toast.success({ title: t('invite.done', { email: data.email ?? '' }) });
      return reload();
    },
  });
  const taken = invite.error instanceof ApiError && invite.error.code === 'DUPLICATE';
  const {
    form: fields,
    restored,
    forget,
  } = useDraftForm<Values>({
    draft: 'invitation',
    initial: NOBODY,
    error: invite.error,
    complaint: (field) => {
      const known = COMPLAINTS.find((one) => one === field);
      return known && t(`complaint.${known}`);
    },
    validate: ({ email, name }) => ({
      email: /^\S+@\S+$/.test(email.trim()) ? null : t('complaint.email'),
      name: name.trim() ? null : lists('needed'),
    }),
  });
  const leave = () => {
    forget();
    close();
  };
  return (
    <Modal opened onClose={close} title={t('invite.title')} size="lg" fullScreen={fullScreen}>
      <form className={form.form} noValidate onSubmit={fields.onSubmit((values) => invite.mutate(values))}>
        <TextInput
          required
          type="email"
          data-autofocus
          label={t('invite.email')}
          {...fields.getInputProps('email')}
          error={taken ? t('complaint.taken') : fields.errors.email}
        />
        <TextInput required maxLength={200} label={t('invite.name')} {...fields.getInputProps('name')} />
        <div className={form.wide}>
          <RoleChecks
            label={t('invite.roles')}
            value={fields.values.roles}
            onChange={(roles) => fields.setFieldValue('roles', roles)}
            error={fields.errors.roles}
          />
        </div>
        <FormFoot
          what={t('invite.what')}
          save={t('invite.submit')}
          saving={invite.isPending}
          error={invite.error}
          restored={restored}
          discard={() => {
            forget();
            fields.setValues(NOBODY);
          }}
          cancel={leave}
        />
      </form>
    </Modal>
  );
}
