/**
 * A partition key is a text of 1 to 256 characters, and every record has one (API reference, PutRecord). A key that is
 * such a text is sent as it is, so that its MD5 chooses the shard that any other client's would; other bytes are marked
 * and written in Base64, and what has no key gets one of its own, so that it goes anywhere.
 */
const marked = '~';
const bytesMark = `${marked}b`;
const keylessMark = `${marked}n`;
const charactersMost = 256;

/** @param own names the message where it has no key; undefined where the key is longer than Kinesis has them */
export function partitionKeyOf(key: Buffer | undefined, own: string): string | undefined {
  if (key === undefined) return `${keylessMark}${own}`;
  const text = key.toString();
  const isText = text !== '' && !text.startsWith(marked) && Buffer.from(text).equals(key);
  const written = isText ? text : `${bytesMark}${key.toString('base64')}`;
  return written.length <= charactersMost ? written : undefined;
}

export function keyIn(partitionKey: string): Buffer | undefined {
  if (partitionKey.startsWith(keylessMark)) return undefined;
  return partitionKey.startsWith(bytesMark)
    ? Buffer.from(partitionKey.slice(bytesMark.length), 'base64')
    : Buffer.from(partitionKey);
}
