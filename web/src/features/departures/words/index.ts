import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    departures: typeof id;
  }
}

addWords('departures', id);

export const useDepartureWords = () => useTranslation('departures');
