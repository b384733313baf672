import { boolean, list, map, oneOf, query, text, whole } from '../shape';

const arnStart = '(arn:(aws[a-zA-Z-]*)?:lambda:)?';
const regionPart = '([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?';
const functionStart = `${arnStart}${regionPart}(\\d{12}:)?(function:)?`;

/** Names, partial and full ARNs of functions; which characters and qualifiers may be there differs by operation. */
export const functionName = text({
  min: 1,
  max: 140,
  pattern: `${functionStart}([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`,
});
export const namespacedFunctionName = text({
  min: 1,
  max: 256,
  pattern: `${functionStart}([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`,
});
export const unqualifiedFunctionName = text({
  min: 1,
  max: 140,
  pattern: `${functionStart}([a-zA-Z0-9-_]+)`,
});

export const anyQualifier = text({
  min: 1,
  max: 128,
  pattern: '\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+',
});
export const provisionedQualifier = text({ min: 1, max: 128, pattern: '(|[a-zA-Z0-9$_-]+)' });
export const urlQualifier = text({ min: 1, max: 128, pattern: '((?!^\\d+$)^[0-9a-zA-Z-_]+$)' });
export const publishedQualifier = text({ min: 1, max: 128, pattern: '(\\$LATEST\\.PUBLISHED|[0-9]+)' });
export const aliasName = text({ min: 1, max: 128, pattern: '(?!^[0-9]+$)([a-zA-Z0-9-_]+)' });
export const version = text({ min: 1, max: 1024, pattern: '(\\$LATEST(\\.PUBLISHED)?|[0-9]+)' });

export const arn = text({
  pattern: 'arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)',
});
/** An ARN of any resource, or nothing. */
export const anyArnOrNone = text({ pattern: '(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()' });
export const roleArn = text({ pattern: 'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+' });
export const codeSigningConfigArn = text({
  min: 0,
  max: 200,
  pattern:
    'arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:\\d{12}:code-signing-config:csc-[a-z0-9]{17}',
});
export const layerVersionArn = text({
  min: 1,
  max: 140,
  pattern: 'arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+',
});

export const description = text({ min: 0, max: 256 });
export const tags = map(text(), text());
export const statementId = text({ min: 1, max: 100, pattern: '([a-zA-Z0-9-_]+)' });
export const latestPublished = oneOf('LATEST_PUBLISHED');
export const architecture = oneOf('x86_64', 'arm64');
export const anyText = text();
export const flag = boolean;

/** Members of every operation that lists; how many items a page may have differs. */
export const paging = (most: number) =>
  ({ Marker: query(anyText), MaxItems: query(whole({ min: 1, max: most })) }) as const;

export const strings = list(text(), { min: 0, max: 1500 });
