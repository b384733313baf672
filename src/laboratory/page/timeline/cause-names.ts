import type { StartCause } from '../../../operator-api/contract';

/** Start causes in words. */
export const causeNames: Readonly<Record<StartCause, string>> = {
  'first-call': 'first call',
  'scale-out': 'scale-out',
  'code-change': 'code change',
  'idle-expiry': 'idle expiry',
  crash: 'crash',
  retired: 'retired',
  'scale-in': 'scale-in',
  forced: 'forced',
  warmed: 'warmed',
  provisioned: 'provisioned',
};
