import ms from 'ms';
import { suffix } from '../../shared/suffix.js';

export const handler = async (event: { name: string }): Promise<string> => `${event.name} ${ms(60_000)}${suffix}`;
