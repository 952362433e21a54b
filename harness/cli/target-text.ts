/** What `--target` takes, wherever it is explained. */
export const targetText =
  'embedded, local, another that the engine can start (`list engines`), or a URL';
