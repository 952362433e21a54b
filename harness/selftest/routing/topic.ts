/**
 * Whether a routing key matches a binding's pattern, word by word: `*` is any one word, `#` any number of
 * them (AMQP 0-9-1 section 3.1.3.3, the topic exchange).
 */
export function matches(pattern: string, key: string): boolean {
  return matchesWords(pattern.split('.'), key.split('.'));
}

function matchesWords(pattern: readonly string[], key: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return key.length === 0;
  if (first === '#') {
    return matchesWords(rest, key) || (key.length > 0 && matchesWords(pattern, key.slice(1)));
  }
  const [word, ...words] = key;
  return word !== undefined && (first === '*' || first === word) && matchesWords(rest, words);
}
