import { promise } from './promise';

promise(
	'P9: a subscription that is moved back delivers again: new copies of the same messages, which say so',
	`
   0  subscribe s to q1 on topic/t
   0  subscribe r to q2 on topic/t
   0  publish a, b on topic/t
   0  receive 10 on q1        -> a#1, b#1
   0  ack a#1, b#1 on q1
   1  seek s earliest on topic/t
   1  receive 10 on q1        -> a#1 replay, b#1 replay
   1  publish c on topic/t
   1  receive 10 on q1        -> c#1 until
   1  receive 10 on q2        -> a#1, b#1, c#1
   1  look a on q1            -> copy of t replay
   1  look c on q1            -> copy of t
   1  lag s on topic/t        -> lag 0, delivered 5
   1  lag r on topic/t        -> lag 0, delivered 3
`,
);

promise(
	'P9: the copies of a replay are messages of their own: those of before are settled as ever',
	`
   0  subscribe s to q1 on topic/t
   0  publish a on topic/t
   0  receive 10 on q1           -> a#1
   0  seek s earliest on topic/t
   0  browse on q1               -> a leased, a replay visible
   1  ack a#1 on q1
   1  browse on q1               -> a replay visible
   1  receive 10 on q1           -> a#1 replay
`,
);

promise(
	'P9: a subscription is moved to an instant or to a sequence number',
	`
   0  subscribe s to q1 on topic/t
   0  publish a on topic/t
   1  publish b on topic/t
   2  publish c on topic/t
   2  purge on q1
   3  seek s 1 on topic/t
   3  receive 10 on q1        -> b#1 replay, c#1 replay
   4  seek s #3 on topic/t
   4  receive 10 on q1        -> c#1 replay
   5  seek s #99 on topic/t
   5  receive 10 on q1        -> nothing
   5  publish d on topic/t
   5  receive 10 on q1        -> d#1
`,
);

promise(
	'P9: moved back twice, to different places: each copy says that it was there before',
	`
   0  subscribe s to q1 on topic/t
   0  publish a, b, c on topic/t
   0  purge on q1
   1  seek s #3 on topic/t
   1  receive 10 on q1        -> c#1 replay
   2  seek s #2 on topic/t
   2  publish d on topic/t
   2  receive 10 on q1        -> b#1 replay, c#1 replay, d#1
`,
);

promise(
	'P9: moved forward, it leaves out what lies between, which is neither delivered nor missed',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  publish a, b, c on topic/t
   1  lag s on topic/t        -> lag 2, late
   1  seek s now on topic/t
   1  lag s on topic/t        -> lag 0, oldest none, delivered 1, missed 0
   1  set maxBacklog none on q1
   2  publish d on topic/t
   9  receive 10 on q1        -> a#1, d#1
`,
);

promise(
	'P9: what was not delivered before a move is no replay',
	`
   0  queue maxBacklog 2 on q1
   0  subscribe s to q1 on topic/t
   0  publish a, b, c on topic/t
   1  seek s earliest on topic/t
   1  set maxBacklog none on q1
  20  receive 10 on q1        -> a#1, b#1, a#1 replay, b#1 replay, c#1
  20  lag s on topic/t        -> lag 0, delivered 5, filtered 0, missed 0, on-time
`,
);

promise(
	'P9: a replay goes by the terms that hold now, and so do messages that it brings to another queue',
	`
   0  subscribe s to q1 on topic/t
   0  publish a attr kind=order, b on topic/t
   1  subscribe s to q2 filter '{"kind":["order"]}' on topic/t
   1  seek s earliest on topic/t
   1  receive 10 on q1        -> a#1, b#1
   1  receive 10 on q2        -> a#1 replay
   1  lag s on topic/t        -> delivered 3, filtered 1
`,
);

promise(
	'P9: moved while messages flow, and after a restart: order per key holds, nothing is left out',
	`
   0  subscribe s to q1 on topic/t
   0  publish a key k, b key k on topic/t
   1  receive 1 on q1         -> a#1
   1  seek s earliest on topic/t
   1  restart
   1  publish c key k on topic/t
   2  ack a#1 on q1
   2  receive 10 on q1        -> b#1, a#1 replay, b#1 replay, c#1
`,
);

promise(
	'P9: a subscription is moved while a delivery is repeated: the late repeat brings nothing',
	`
   0  subscribe s to q1 on topic/t
   0  courier after on topic/t
   0  publish a on topic/t
   0  lag s on topic/t        -> lag 1, late until 1
   0  seek s now on topic/t
   5  publish b on topic/t
   5  receive 10 on q1        -> a#1, b#1
`,
	{ only: 'engine' },
);

promise(
	'P9: what a lost answer left unknown is delivered again by a move back, and only by it',
	`
   0  subscribe s to q1 on topic/t
   0  courier after on topic/t
   0  publish a on topic/t
   0  seek s earliest on topic/t
   5  publish b on topic/t
   5  receive 10 on q1        -> a#1, a#1, b#1
`,
	{ only: 'engine' },
);
