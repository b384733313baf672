import { greeting } from './greeting';

const started = await Promise.resolve('modern');

export const handler = async (event: { name: string }) => `${greeting(event)}, ${started}`;
