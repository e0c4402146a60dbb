import { promise } from './promise';

promise(
	'P9: any object may be restarted at any time',
	`
   0  queue maxBacklog 2 on q1
   0  publish z key k on topic/t
   0  restart
   0  subscribe s to q1 from earliest on topic/t
   0  restart
   0  subscribe r to q2 filter '{"kind":["order"]}' on topic/t
   0  restart
   1  publish a key k attr kind=order, b key k on topic/t
   1  restart
   1  lag s on topic/t        -> lag 1, oldest 1, delivered 2, filtered 0, missed 0, late
   1  lag r on topic/t        -> lag 0, delivered 1, filtered 1, missed 0, on-time
   2  publish c key k attr kind=order on topic/t
   2  restart
   3  set maxBacklog none on q1
   3  restart
   9  restart
   9  receive 10 on q1        -> z#1, a#1, b#1, c#1
   9  receive 10 on q2        -> a#1, c#1
   9  lag s on topic/t        -> lag 0, delivered 4, filtered 0, missed 0, on-time
   9  lag r on topic/t        -> lag 0, delivered 2, filtered 1, missed 0, on-time
`,
);

for (const fault of ['before', 'after', 'twice', 'crash']) {
	promise(
		`P9: a copy is neither lost nor doubled when its delivery fails (${fault})`,
		`
   0  subscribe s to q1 on topic/t
   0  subscribe r to q2 filter '{"kind":["order"]}' on topic/t
   0  courier ${fault} on topic/t
   0  courier ${fault} on topic/t
   0  courier ${fault} on topic/t
   0  publish a key k attr kind=order, b key k on topic/t
   0  publish c key k attr kind=order on topic/t
   9  publish d key k on topic/t
  20  receive 10 on q1        -> a#1, b#1, c#1, d#1
  20  receive 10 on q2        -> a#1, c#1
  20  lag s on topic/t        -> lag 0, delivered 4, filtered 0, missed 0, on-time
  20  lag r on topic/t        -> lag 0, delivered 2, filtered 2, missed 0, on-time
`,
		{ only: 'engine' },
	);

	promise(
		`P9: nor where the queue had room for a part of it only (${fault})`,
		`
   0  queue maxBacklog 2 on q1
   0  subscribe s to q1 on topic/t
   0  courier ${fault} on topic/t
   0  publish a key k, b key k, c key k on topic/t
   1  courier ${fault} on topic/t
   8  receive 10 on q1        -> a#1, b#1
   8  courier ${fault} on topic/t
   8  ack a#1, b#1 on q1
  60  receive 10 on q1        -> c#1
  60  lag s on topic/t        -> lag 0, delivered 3, filtered 0, missed 0, on-time
`,
		{ only: 'engine' },
	);

	promise(
		`P9: nor in a replay, nor while queue and filter change (${fault})`,
		`
   0  subscribe s to q1 on topic/t
   0  publish a key k, b key k on topic/t
   0  receive 10 on q1        -> a#1, b#1
   1  ack a#1, b#1 on q1
   1  courier ${fault} on topic/t
   1  seek s earliest on topic/t
   1  courier ${fault} on topic/t
   1  subscribe s to q2 on topic/t
   1  publish c key k on topic/t
  20  receive 10 on q1        -> a#1 replay, b#1 replay
  20  receive 10 on q2        -> c#1
  20  lag s on topic/t        -> lag 0, delivered 5, missed 0, on-time
`,
		{ only: 'engine' },
	);
}

promise(
	'P9: a topic may be restarted with every delivery, and a subscription that fails keeps the others from nothing',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  subscribe r to q2 on topic/t
   0  courier crash on topic/t
   0  courier crash on topic/t
   0  publish a key k, b key k on topic/t
   1  courier crash on topic/t
   1  publish c key k on topic/t
   9  receive 10 on q2        -> a#1, b#1, c#1
   9  receive 10 on q1        -> a#1
   9  ack a#1 on q1
  30  lag s on topic/t        -> lag 1, delivered 2, late
  30  lag r on topic/t        -> lag 0, delivered 3, on-time
`,
	{ only: 'engine' },
);
