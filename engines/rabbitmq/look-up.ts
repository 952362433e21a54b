import { connect } from 'node:net';
import type { Endpoint } from '../provisioner.ts';

const answerMs = 1_000;
const drainMs = 40_000;
const answerBytesMost = 256;

/**
 * Runs inside each broker, in a process of its own: one question and one answer for each connection. A node that
 * stands still or is gone does not answer. `rabbitmqctl eval` would know the same and takes a second each time.
 *
 * A quorum queue is led by the node whose own Raft member says so (`ra_state`), not by the one that the cluster's
 * metadata names: that one may be dead. A classic queue lives where its process does.
 */
export const lookUpProgram = `
Leads = fun(Name) ->
    Resource = {resource, <<"/">>, queue, Name},
    {ok, Queue} = rabbit_amqqueue:lookup(Resource),
    case amqqueue:get_pid(Queue) of
        {Member, _} -> ets:lookup_element(ra_state, Member, 2) =:= leader;
        Pid -> node(Pid) =:= node() andalso is_process_alive(Pid)
    end
end,
Running = fun() ->
    % RabbitMQ 3.10 has another name for it.
    try rabbit_nodes:list_running() catch error:undef -> rabbit_nodes:all_running() end
end,
Answer = fun
    (<<"members\\n">>) -> length(Running());
    % What \`rabbitmq-upgrade drain\` calls.
    (<<"drain\\n">>) -> rabbit_maintenance:drain();
    (<<"leads ", Name/binary>>) -> Leads(binary:part(Name, 0, byte_size(Name) - 1))
end,
Serve = fun(Listener) ->
    {ok, Socket} = gen_tcp:accept(Listener),
    catch begin
        {ok, Question} = gen_tcp:recv(Socket, 0, ${answerMs}),
        gen_tcp:send(Socket, io_lib:format("~w~n", [Answer(Question)]))
    end,
    gen_tcp:close(Socket)
end,
Listen = fun() ->
    Port = list_to_integer(os:getenv("ACKMARK_LOOK_UP_PORT")),
    {ok, Address} = inet:parse_address(os:getenv("ACKMARK_LOOK_UP_ADDRESS")),
    Options = [binary, {ip, Address}, {packet, line}, {active, false}, {reuseaddr, true}],
    {ok, Listener} = gen_tcp:listen(Port, Options),
    (fun Forever() -> Serve(Listener), Forever() end)()
end,
spawn(Listen).
`;

/** Whether the node that answers there leads the queue at this instant; false also when it does not answer. */
export async function leadsQueue(at: Endpoint, queue: string): Promise<boolean> {
  return (await ask(at, `leads ${queue}`)) === 'true';
}

/** How many running nodes the cluster has in the eyes of this one; 0 when it does not answer. */
export async function membersSeenBy(at: Endpoint): Promise<number> {
  const answer = Number(await ask(at, 'members'));
  return Number.isInteger(answer) ? answer : 0;
}

/**
 * Puts the node that answers there into maintenance mode: it takes no new connections, closes those that it has, and hands over
 * the queues that it leads (https://www.rabbitmq.com/docs/upgrade#maintenance-mode).
 * @returns whether it said that this is done
 */
export async function drainNode(at: Endpoint): Promise<boolean> {
  return (await ask(at, 'drain', drainMs)) === 'ok';
}

function ask({ host, port }: Endpoint, question: string, timeoutMs = answerMs): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host, port });
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer.trim());
    };
    const timer = setTimeout(end, timeoutMs);
    socket.once('connect', () => socket.write(`${question}\n`));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.length > answerBytesMost) end();
    });
    // A node that is down has no answer, and so has one that was asked about a queue it does not know.
    socket.once('error', end);
    socket.once('close', end);
  });
}
