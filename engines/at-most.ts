/** Awaits what may fail, or never end, when the peer is gone. */
export async function atMost(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([promise.catch(() => undefined), patience]);
  } finally {
    clearTimeout(timer);
  }
}
