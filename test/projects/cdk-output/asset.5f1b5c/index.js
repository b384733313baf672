exports.handler = async () => [process.env.QUEUE_URL, process.env.QUEUE_ARN];
