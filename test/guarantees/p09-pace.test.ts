import { promise } from './promise';

// The pace is the shell's: the engine has none.

promise(
	'P9: what is published while subscriptions pause for a publisher comes when the pause is over',
	`
       0  subscribe s0 to q0 on topic/t
       0  subscribe s1 to q1 on topic/t
       0  subscribe s2 to q2 on topic/t
       0  subscribe s3 to q3 on topic/t
       0  subscribe s4 to q4 on topic/t
       0  subscribe s5 to q5 on topic/t
       1  publish a on topic/t
       1  browse on q5   -> a visible
   1.010  publish b on topic/t
   1.040  browse on q0   -> a visible, b visible
   1.040  browse on q5   -> a visible, b visible
       2  lag s5 on topic/t -> lag 0, delivered 2
`,
	{ only: 'http' },
);

promise(
	'P9: a full subscription does not hold up what the others pause for',
	`
       0  queue maxBacklog 1 on q0
       0  subscribe s0 to q0 on topic/t
       0  subscribe s1 to q1 on topic/t
       0  subscribe s2 to q2 on topic/t
       0  subscribe s3 to q3 on topic/t
       0  subscribe s4 to q4 on topic/t
       1  publish a on topic/t
   1.010  publish b on topic/t
   1.050  browse on q4   -> a visible, b visible
   1.060  publish c on topic/t
   1.100  browse on q4   -> a visible, b visible, c visible
   1.100  browse on q0   -> a visible
`,
	{ only: 'http' },
);

promise(
	'P9: a message larger than its queue may hold is brought when the queue is empty, and holds up nobody for ever',
	`
       0  queue maxBacklogBytes 100 on q1
       0  subscribe s to q1 on topic/t
       1  publish a bytes 10, big bytes 500, c bytes 10 on topic/t
       1  browse on q1     -> a visible
       2  receive 1 on q1  -> a#1
       2  ack a#1 on q1
       6  receive 1 on q1  -> big#1
       6  ack big#1 on q1
      14  receive 1 on q1  -> c#1
`,
);
