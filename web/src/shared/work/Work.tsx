/** Stands once around the pages; draws jobs and trouble when there are any. */

import { lazy } from 'react';
import { Optional } from '@/shared/ui/Optional';
import { useJobs, useTrouble } from './work';

const JobPanel = lazy(() => import('./JobPanel'));
const TroubleOverlay = lazy(() => import('./TroubleOverlay'));

export function Work() {
  const jobs = useJobs();
  const trouble = useTrouble();
  return (
    <Optional>
      {jobs.length > 0 && <JobPanel />}
      {trouble && <TroubleOverlay />}
    </Optional>
  );
}
