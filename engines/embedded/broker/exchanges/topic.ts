import type { ExchangeType } from './exchange-type.ts';

/**
 * Words between dots; `*` stands for exactly one word, `#` for any number of them, none included (AMQP
 * 0-9-1, 3.1.3.3). An empty key has no words, as in RabbitMQ.
 */
export const topic: ExchangeType = ({ key }) => {
  if (key === '#') return () => true;
  const pattern = wordsOf(key);
  return (message) => matches(pattern, wordsOf(message.key));
};

function wordsOf(key: string): readonly string[] {
  return key === '' ? [] : key.split('.');
}

/**
 * Greedy with one way back: when what follows the last `#` does not fit, that `#` takes one word more. An
 * earlier one need never be tried again, because the last can take whatever the earlier could.
 */
function matches(pattern: readonly string[], words: readonly string[]): boolean {
  let at = 0;
  let word = 0;
  let afterHash = -1;
  let hashTookUpTo = 0;
  while (word < words.length) {
    if (pattern[at] === '#') {
      at += 1;
      afterHash = at;
      hashTookUpTo = word;
    } else if (at < pattern.length && (pattern[at] === '*' || pattern[at] === words[word])) {
      at += 1;
      word += 1;
    } else {
      if (afterHash === -1) return false;
      hashTookUpTo += 1;
      at = afterHash;
      word = hashTookUpTo;
    }
  }
  while (pattern[at] === '#') at += 1;
  return at === pattern.length;
}
