/** What a queue must allow so that the topic reaches it (Developer Guide, subscribing an SQS queue). */
export const lettingIn = (topic: string, queue: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queue,
      Condition: { ArnEquals: { 'aws:SourceArn': topic } },
    },
  ],
});
