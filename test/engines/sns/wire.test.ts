import { describe, expect, test } from 'vitest';
import { wire } from '../../../engines/sns/wire.ts';

const call = (form: string): Buffer =>
  Buffer.from(`POST / HTTP/1.1\r\ncontent-length: ${form.length}\r\n\r\n${form}`);
const answer = (xml: string): Buffer =>
  Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${xml.length}\r\n\r\n${xml}`);

const batch = `<PublishBatchResponse><PublishBatchResult><Failed><member><Id>3</Id></member></Failed><Successful>
  <member><Id>1</Id></member><member><Id>2</Id></member></Successful></PublishBatchResult></PublishBatchResponse>`;

describe('answers to publishes', () => {
  test('are counted by the successful entries of a batch; other actions publish nothing', () => {
    const connection = wire.connection();
    const forms = [
      'Version=1&Action=PublishBatch',
      'Action=Publish&Message=Action',
      'Action=Subscribe',
    ];
    for (const form of forms) connection.fromClient(call(form));
    const told = Buffer.concat([answer(batch), answer('<PublishResponse/>'), answer('<x/>')]);
    expect(connection.fromServer(told).map(({ sendsAnswered }) => sendsAnswered)).toEqual([
      2, 1, 0,
    ]);
  });

  test('an empty list is no success', () => {
    const connection = wire.connection();
    connection.fromClient(call('Action=PublishBatch'));
    const [frame] = connection.fromServer(answer('<Successful></Successful>'));
    expect(frame?.sendsAnswered).toBe(0);
  });
});
