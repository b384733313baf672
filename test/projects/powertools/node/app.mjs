import { Logger } from '@aws-lambda-powertools/logger';

const logger = new Logger();

export const handler = async ({ id }) => {
  logger.info('taken', { id });
  return id;
};
