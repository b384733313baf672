import { integer, oneOf, trueOrFalse } from '../../../lib/kinds';
import { functionKinds } from '../function-kinds';
import type { WantedCors, WantedUrl } from '../wanted';
import type { Properties } from './properties';

const kinds = {
  authType: oneOf('NONE', 'AWS_IAM'),
  invokeMode: oneOf('BUFFERED', 'RESPONSE_STREAM'),
  // https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
  maxAge: integer(0, 86_400, 'seconds'),
};

/** Reads a `FunctionUrlConfig`. */
export function readUrl(config: Properties | undefined): WantedUrl | undefined {
  if (config === undefined) return undefined;
  if (!config.has('AuthType')) return config.note('', 'has no AuthType. Set it to NONE or AWS_IAM.');
  const authType = config.value('AuthType', kinds.authType);
  const invokeMode = config.value('InvokeMode', kinds.invokeMode) ?? 'BUFFERED';
  const cors = config.within('Cors');
  return authType && { authType, invokeMode, ...(cors && { cors: readCors(cors) }) };
}

function readCors(cors: Properties): WantedCors {
  const allowCredentials = cors.value('AllowCredentials', trueOrFalse);
  const maxAge = cors.value('MaxAge', kinds.maxAge);
  const lists = ['AllowHeaders', 'AllowMethods', 'AllowOrigins', 'ExposeHeaders'].flatMap((name) => {
    const items = cors.list(name)?.items;
    return items ? [[name, items.flatMap((item) => cors.read(item, functionKinds.words) ?? [])]] : [];
  });
  return {
    ...Object.fromEntries(lists),
    ...(allowCredentials !== undefined && { AllowCredentials: allowCredentials }),
    ...(maxAge !== undefined && { MaxAge: maxAge }),
  };
}
