import { expect, test } from 'vitest';
import { onlineReplicas, parseInfo } from '../../../engines/redis/server-info.ts';

const info = (...lines: readonly string[]) => parseInfo(lines.join('\r\n'));

test('a server says which product it is, and what cannot be printed is not', () => {
  expect(info('# Server', 'redis_version:8.0.2').product).toBe('Redis 8.0.2');
  expect(info('redis_version:7.2.4', 'valkey_version:8.1.1').product).toBe('Valkey 8.1.1');
  expect(info('redis_version:8\u001b[31m').product).toBe('Redis 8?[31m');
  expect(info('').product).toBe('Redis of unknown version');
});

test('a replica that has not caught up is none', () => {
  const both = info(
    'role:master',
    'connected_slaves:2',
    'slave0:ip=127.0.0.1,port=1,state=online,offset=14,lag=1',
    'slave1:ip=127.0.0.1,port=2,state=wait_bgsave,offset=0,lag=0',
  );
  expect(onlineReplicas(both)).toBe(1);
  expect(onlineReplicas(info('role:master', 'connected_slaves:0'))).toBe(0);
  expect(onlineReplicas(info('role:slave'))).toBe(0);
});
