import { promise } from './promise';

promise(
	'P10: a full target delays no other one: what was handed over waits for it, durably, in order',
	`
   0  queue maxBacklog 1 on q2
   0  publish a, b
   0  receive 2               -> a#1, b#1
   0  settle ack a#1, publish x key k to q2, publish y key k to q2, publish z to q3
   0  receive 10 on q3        -> z#1
   0  figures                 -> leased 1, owed 1
   1  settle ack b#1, publish w key k to q2
   1  figures                 -> leased 0, owed 2
   1  restart
   2  receive 10 on q2        -> x#1
   2  ack x#1 on q2
   9  receive 10 on q2        -> y#1
   9  ack y#1 on q2
  40  receive 10 on q2        -> w#1
  40  figures                 -> owed 0
`,
);

promise(
	'P10: neither does a topic that nobody can deliver for',
	`
   0  queue maxBacklog 1 on q2
   0  subscribe s to q2 on topic/t
   0  publish a
   0  receive 1               -> a#1
   0  settle ack a#1, publish x to topic/t, publish y to topic/t
   0  figures                 -> owed 0
   0  lag s on topic/t        -> lag 1, delivered 1, late
   5  receive 10 on q2        -> x#1
   5  ack x#1 on q2
   9  receive 10 on q2        -> y#1
`,
);

promise(
	'P10: what was handed over waits for a queue that was deleted, and goes to the next one of its name',
	`
   0  queue maxBacklog 1 on q2
   0  publish a
   0  receive 1               -> a#1
   0  settle ack a#1, publish x to q2, publish y to q2, publish z to q3
   1  delete on q2
   9  figures                 -> owed 1
   9  receive 10 on q3        -> z#1
  10  queue on q2
  40  figures                 -> owed 0
  40  receive 10 on q2        -> y#1
`,
);

promise(
	'P10: any object may be restarted at any time',
	`
   0  subscribe s to q3 on topic/t
   0  publish a key k, b key k
   0  restart
   0  receive 2               -> a#1, b#1
   0  restart
   1  settle ack a#1, publish x key k to q2, publish y key k to topic/t
   1  restart
   1  settle ack a#1, publish x key k to q2, publish y key k to topic/t -> unknown, published 0
   2  settle ack b#1, publish z key k to q2
   2  restart
   9  receive 10 on q2        -> x#1, z#1
   9  receive 10 on q3        -> y#1
  60  receive 10              -> nothing
`,
);

for (const fault of ['before', 'after', 'twice', 'crash']) {
	promise(
		`P10: a successor is neither lost nor doubled when its delivery fails (${fault})`,
		`
   0  subscribe s to q3 on topic/t
   0  publish a, b
   0  receive 2               -> a#1, b#1
   0  courier ${fault}
   0  courier ${fault}
   0  courier ${fault}
   0  courier ${fault} on topic/t
   0  settle ack a#1, publish x key k to q2, publish y key k to q2, publish z key k to topic/t, publish u key k delay 3 to q2
   0  settle ack b#1, publish v key k to q2, publish w key k to topic/t
  20  receive 10 on q2        -> x#1, y#1, u#1, v#1
  20  receive 10 on q3        -> z#1, w#1
  20  figures                 -> visible 0, leased 0, owed 0
  99  receive 10              -> nothing
`,
		{ only: 'engine' },
	);

	promise(
		`P10: nor where its time is short, or its target had room for a part (${fault})`,
		`
   0  queue maxBacklog 2 on q2
   0  publish a
   0  receive 1               -> a#1
   0  courier ${fault}
   0  settle ack a#1, publish x to q2, publish y ttl 50 to q2, publish z ttl 5 to q2, publish w to q2
   5  courier ${fault}
  20  receive 10 lease 99 on q2 -> x#1, y#1
  20  courier ${fault}
  20  ack x#1, y#1 on q2
  90  receive 10 on q2        -> w#1
  90  figures                 -> owed 0
`,
		{ only: 'engine' },
	);
}

promise(
	'P10: a late acknowledgement that publishes nothing is honoured all the same, and both of a key may be handed over late',
	`
   0  publish a key k, b key k, c key l, d key l
   0  receive 4 lease 1       -> a#1, b#1, c#1, d#1
   2  receive 1               -> a#2
   2  ack b#1
   2  settle ack c#1, ack d#1, publish y key l to q2 for c#1, publish z key l to q2 for d#1
   2  receive 10 on q2        -> y#1, z#1
`,
);

promise(
	'P10: what is handed over may not overtake: a message whose elder is held by somebody else again is kept',
	`
   0  publish a key k, b key k
   0  receive 2 lease 1       -> a#1, b#1
   2  receive 1               -> a#2
   2  settle ack a#1, ack b#1, publish x key k to q2 for a#1, publish y key k to q2 for b#1 -> stale a#2, kept, published 0
   3  settle ack a#2, publish x key k to q2
   3  receive 1               -> b#2
   3  settle ack b#2, publish y key k to q2
   3  receive 10 on q2        -> x#1, y#1
`,
);
