import type { Environment } from '../../engines/engine.ts';
import type { ProvisionHost } from '../../engines/provisioner.ts';
import type { Clock } from '../core/clock.ts';
import type { HistoryMode } from '../core/history-mode.ts';
import type { Progress } from './progress.ts';

/** What every cell of a run shares; the ambient state that `run` was handed. */
export interface RunEnvironment {
  /** Tells the run's messages from those of any other run. */
  readonly runKey: string;
  /** Tells what the run makes on a broker from what anybody else makes there. */
  readonly brokerKey: string;
  /** How `ackmark` is called here, for commands that a reader is to type. */
  readonly program: string;
  readonly directory: string;
  /** Where rings spill and targets keep their data; removed after the run. */
  readonly scratch: string;
  readonly originNs: bigint;
  readonly clock: Clock;
  /** What systems tell times by. */
  readonly wallClock: () => Date;
  readonly cores: number;
  readonly threadCpuMicros: () => number;
  /** Whether a process of this machine exists: evidence that no engine's word stands for. */
  readonly isRunning: (pid: number) => boolean;
  readonly signal: AbortSignal;
  readonly history: HistoryMode;
  readonly host: ProvisionHost;
  /** What the process was started with, where logins for systems elsewhere are; what `host` has is for children. */
  readonly variables: Environment;
  readonly progress: Progress;
}
