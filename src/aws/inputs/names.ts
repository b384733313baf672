import { list, map, oneOf, query, text, whole } from '../shape';

const arnStart = '(arn:(aws[a-zA-Z-]*)?:lambda:)?';
/** Of a region, as most patterns have it. */
export const region = '(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}';
const functionStart = `${arnStart}(${region}:)?(\\d{12}:)?(function:)?`;

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
/** Without `$LATEST` and versions, which have no URL. */
export const urlFunctionName = text({
  min: 1,
  max: 140,
  pattern: `${functionStart}([a-zA-Z0-9-_]{1,64})(:((?!\\d+$)[0-9a-zA-Z-_]+))?`,
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
  min: 0,
  max: 10_000,
  pattern: `arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:(${region})?:(\\d{12})?:(.*)`,
});
/** An ARN of any resource, or nothing. */
export const anyArnOrNone = text({
  min: 0,
  max: 10_000,
  pattern: '(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()',
});
export const roleArn = text({
  min: 0,
  max: 10_000,
  pattern: 'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
});
export const codeSigningConfigArn = text({
  min: 0,
  max: 200,
  pattern: `arn:(aws[a-zA-Z-]*)?:lambda:${region}:\\d{12}:code-signing-config:csc-[a-z0-9]{17}`,
});
export const layerVersionArn = text({
  min: 1,
  max: 2048,
  pattern: `((arn:(aws[a-zA-Z-]*)?:lambda:${region}:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+))`,
  recorded: `(arn:(aws[a-zA-Z-]*)?:lambda:${region}:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)`,
});

export const description = text({ min: 0, max: 256 });
const tagText = '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)';
export const tagKey = text({ min: 1, max: 128, pattern: tagText });
export const tags = map(tagKey, text({ min: 0, max: 256, pattern: tagText }));
export const statementId = text({ min: 1, max: 100, pattern: '([a-zA-Z0-9-_]+)' });
export const latestPublished = oneOf('LATEST_PUBLISHED');
export const architecture = oneOf('x86_64', 'arm64');
export const anyText = text();

/** Members of every operation that lists; how many items a page may have differs. */
export const paging = (most: number) =>
  ({ Marker: query(anyText), MaxItems: query(whole({ min: 1, max: most })) }) as const;

export const strings = list(text(), { min: 0, max: 1500 });
