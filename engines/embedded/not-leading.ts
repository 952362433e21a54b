/** The broker that answered is a node of a cluster and does not lead it. */
export class NotLeading extends Error {
  override readonly name = 'NotLeading';
}
