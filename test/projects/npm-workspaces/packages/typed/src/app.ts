import { milliseconds } from '@shop/shared';

export const handler = async ({ text }: { text: string }): Promise<number> => milliseconds(text);
