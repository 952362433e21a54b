import { describe, expect, test } from 'vitest';
import { wire } from '../../../engines/kinesis/wire.ts';

const call = (operation: string): Buffer =>
  Buffer.from(
    `POST / HTTP/1.1\r\nx-amz-target: Kinesis_20131202.${operation}\r\ncontent-length: 2\r\n\r\n{}`,
  );
const answer = (body: string, status = '200 OK'): Buffer =>
  Buffer.from(`HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);

function answered(operation: string, back: Buffer): number {
  const connection = wire.connection();
  connection.fromClient(call(operation));
  return connection.fromServer(back).reduce((sum, { sendsAnswered }) => sum + sendsAnswered, 0);
}

describe('what an answer answers', () => {
  test('of PutRecords, the records that have a sequence number', () => {
    const stored = { ShardId: 'shardId-000000000000', SequenceNumber: '1' };
    const refused = { ErrorCode: 'ProvisionedThroughputExceededException' };
    const body = JSON.stringify({ FailedRecordCount: 1, Records: [stored, refused, stored] });
    expect(answered('PutRecords', answer(body))).toBe(2);
  });

  test('of PutRecord, one', () => {
    expect(answered('PutRecord', answer('{}'))).toBe(1);
  });

  test('nothing, where the call was refused, is another, or is answered in no JSON', () => {
    expect(answered('PutRecord', answer('{}', '400 Bad Request'))).toBe(0);
    expect(answered('GetRecords', answer('{"Records":[{"SequenceNumber":"1"}]}'))).toBe(0);
    expect(answered('PutRecords', answer('<html>'))).toBe(0);
    expect(answered('PutRecords', answer('{}'))).toBe(0);
  });
});
