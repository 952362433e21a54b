/** Entry of a worker that judges a part of a history; see `fold-sharded.ts`. */
import { nodeDisk } from '../../../history/node-disk.ts';
import { foldCell, foldLanes, type PartTask } from './part.ts';

export default function fold(
  task: PartTask,
): ReturnType<typeof foldCell> | ReturnType<typeof foldLanes> {
  return task.of === 'cell' ? foldCell(task, nodeDisk) : foldLanes(task, nodeDisk);
}
