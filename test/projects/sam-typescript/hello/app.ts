import ms from 'ms';
import { greeting, type Person } from './src/greeting';

export const lambdaHandler = async (event: Person): Promise<object> => {
  if (event.name === '') throw new Error('The name is empty');
  return { greeting: greeting(event), day: ms('1d') };
};
