/** CPU time of a thread since its load began, and of that since the load had warmed up; microseconds. */
export class CpuSpent {
  readonly #nowMicros: () => number;
  #startMicros = 0;
  #warmMicros = -1;

  constructor(nowMicros: () => number) {
    this.#nowMicros = nowMicros;
  }

  start(): void {
    this.#startMicros = this.#nowMicros();
  }

  /** The first message that counts leaves; later calls say nothing new. */
  warm(): void {
    if (this.#warmMicros < 0) this.#warmMicros = this.#nowMicros();
  }

  finish(): { readonly cpuMicros: number; readonly measuredCpuMicros: number } {
    const nowMicros = this.#nowMicros();
    return {
      cpuMicros: nowMicros - this.#startMicros,
      measuredCpuMicros: this.#warmMicros < 0 ? 0 : nowMicros - this.#warmMicros,
    };
  }
}
