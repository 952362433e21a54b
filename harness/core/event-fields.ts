/**
 * What each event kind says in the fields of its record, beyond `timeNs` and `actor`, which every kind has.
 * A scope number names one sequence of positions in the cell (a partition, a shard, a queue): groups that
 * read the same scope read the same positions. Transaction ids are unique in a cell and begin at 1.
 *
 * | kind | fields |
 * |---|---|
 * | send.invoke | lane, seq, ticket, attempt, auxNs intended instant, ref transaction (0 none); with `Flag.derived` positionMajor, positionMinor: lane, seq of the input it was made from |
 * | send.timed | lane, seq, auxNs: not visible before this instant (-1 none), positionMajor: expires at this instant (-1 never); stands after its send.invoke |
 * | send.settled | lane, seq, ticket, attempt, outcome, code, ref wire attempts, place |
 * | send.returned | lane, seq, ticket: unroutable, given back to its sender |
 * | deliver | group, session, lane, seq, place, attempt, flags, auxNs request's instant, ref lease in ms |
 * | corrupt | as deliver; detail: what did not match |
 * | settle.invoke / settle.settled | group, session, lane, seq, ticket, detail how, ref the new lease in ms of an extension; settled: outcome |
 * | process.start / process.done | group, session, lane, seq |
 * | tx.init | scope transactional id's number, ref 0, seq epoch, outcome: earlier epochs of that id are fenced from here |
 * | tx.begin | ref transaction, scope transactional id's number, seq epoch |
 * | tx.read | ref transaction, group, lane, seq: the transaction consumes this message |
 * | tx.end.invoke / tx.end.settled | ref transaction, scope transactional id's number, seq epoch, detail commit or abort; settled: outcome |
 * | group.assigned / .revoked / .lost | group, session, scope, ref generation (0 not known): one event a scope |
 * | commit.offset.invoke / .settled | group, session, scope, ticket, position: the next to be read; ref generation, seq transaction (0 none); settled: outcome |
 * | seek | group, session, scope, position |
 * | read | group, session, scope, auxNs the read's invocation, position: the one after the last entry that it could return |
 * | effect.applied | group, lane, seq of the input, scope sink, outcome: ok applied, fail recognised as a repetition and not applied |
 * | sink.read | scope sink, lane, seq, ref copies found when the sink was read back |
 * | sink.complete | scope sink: everything in it has been read back |
 * | dead-letter | group, lane, seq, detail cause, attempt deliveries before the move (0 not known) |
 * | expire | lane, seq, group (none: everywhere) |
 * | redrive | group, lane, seq: back from the dead-letter group |
 * | purge | group: everything in it was removed |
 * | bind / unbind | group, ref route, detail invoke or settled |
 * | scope.split | scope parent, ref child, position: the parent's end |
 * | session.opened / .closed | group, session; opened: ref most messages that it may hold unsettled (0 no limit known) |
 * | crash | the actor was killed |
 * | fault.start | ref fault, detail tolerance |
 * | fault.stop | ref fault, outcome: ok it bit, fail its evidence is missing, none not said |
 * | phase | detail |
 * | drain.complete | group: read to its end, nothing in flight |
 * | clock | auxNs a second clock's reading: both must advance alike |
 */
export {};
